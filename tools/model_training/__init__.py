"""Small translation models in the package format of Argos Translate."""
