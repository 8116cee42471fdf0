"""A source from one page: rules induced, module written, fixtures recorded, all of it shown."""
