"""Settings of every crawl. What is not named here is as Scrapy has it; the reason stands beside.

``docs/crawling.md`` explains them; ``-s NAME=VALUE`` changes one for a run.
"""

BOT_NAME = "khulasa"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "scraper.commands"

# Who crawls: a page or a mail address. Empty: the agent says "contact not set"; none fits all.
CONTACT_URL = ""

# What becomes of an entry.
NORMALIZER = "normalize.normalizer.Normalizer"
# BCP 47 languages to translate into, comma separated; None: no translation.
TRANSLATE_TO = None
TRANSLATE_FIELDS = ["title", "summary"]
# Directory of translation packages; None: the user's own, see docs/translation.md.
TRANSLATE_MODELS_DIR = None
# SQLite file in which translations are kept from run to run; None: in one run.
TRANSLATE_CACHE = None
# The day that dates without a year or relative to today refer to; None: the page's own clock.
REFERENCE_DATE = None
# SQLite file in which duplicates and boilerplate are remembered from run to run; None: in one run.
STATE_FILE = None
# Directory in which is kept what sources gave in good runs, so that new layouts can be healed.
PROFILE_DIR = None

# A run of `scrapy refresh`, which sets these.
# Directory for what the crawl leaves: entries, rejects, pages, stats; None: nothing is left.
RUN_DIR = None
# SQLite file of what earlier runs left, only read; None: every page is fetched and read.
RUN_STATE = None
# Name of the source in that file; None: the spider's.
RUN_SOURCE = None
# Whether the crawl ends when its standard input does.
RUN_PARENT_PIPE = False
# Whether a page without a new entry ends the crawl; None: where the source's list is by date.
STOP_AT_KNOWN = None
# Days after which a page is read even if its site says that it has not changed.
UNCHANGED_DAYS = 7.0

# WARC file that keeps what sites answer, a new one each crawl (%(name)s, %(time)s); None: none.
ARCHIVE_FILE = None
# WARC files, or directories of them, that answer in place of the network; empty: the network does.
REPLAY_FILES: list[str] = []

ADDONS = {
    "scraper.agent.UserAgentAddon": 100,
}
EXTENSIONS = {
    "scraper.monitor.SourceMonitor": 0,
    "scraper.agent.ContactReminder": 0,
    "scraper.profiles.ProfileKeeper": 0,
    # Scrapy's counts no failures and publishes whatever there is at the end.
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scraper.feed.FeedExporter": 0,
    "scraper.runs.parent_watch.ParentWatch": 0,
    "scraper.runs.memory.RunMemory": 0,
    "scraper.runs.recorder.RunRecorder": 0,
}
ITEM_PIPELINES = {
    "scraper.pipelines.NormalizePipeline": 100,
    "scraper.pipelines.DuplicatesPipeline": 200,
    "scraper.pipelines.ValidatePipeline": 300,
}
SPIDER_MIDDLEWARES = {
    # Both on the spider's side of Scrapy's HttpErrorMiddleware (50), which swallows what it sees.
    "scraper.middlewares.HttpErrorMiddleware": 540,
    "scraper.middlewares.SplitErrorMiddleware": 550,
    # On the engine's side of all others: what they pass on is what the spider gave.
    "scraper.runs.recorder.EntryRecorder": 10,
}
DOWNLOADER_MIDDLEWARES = {
    "scraper.middlewares.ConditionalMiddleware": 450,
    # Between Scrapy's robots.txt (100) and retry (550) middlewares.
    "scraper.middlewares.DownloadFailureMiddleware": 530,
    "scraper.middlewares.RobotsUnreachableMiddleware": 540,
    # On the downloader's side of Scrapy's retry middleware.
    "scraper.middlewares.RetryAfterMiddleware": 555,
    # Scrapy's drops what it cannot unpack unsaid.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scraper.middlewares.CompressionMiddleware": 590,
    # On the downloader's side of Scrapy's redirect middleware (600).
    "scraper.middlewares.RedirectLimitMiddleware": 610,
    # On the engine's side of whatever looks up names or connects.
    "scraper.archive.middlewares.ReplayMiddleware": 690,
    # On the downloader's side of Scrapy's proxy middleware (750).
    "scraper.middlewares.AddressMiddleware": 760,
    # Nearest the network.
    "scraper.archive.middlewares.ArchiveMiddleware": 990,
}

# Politeness.
ROBOTSTXT_OBEY = True  # Scrapy's default ignores it
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # a listing has few pages: no site need feel the crawl
DOWNLOAD_DELAY = 2.0  # seconds; a source that knows better declares its own
AUTOTHROTTLE_ENABLED = True  # a site that answers slowly is asked less often
AUTOTHROTTLE_START_DELAY = 2.0  # seconds; the default of 5 slows every short crawl
COOKIES_ENABLED = False  # a listing needs no session; a source that does says so
REFERRER_POLICY = "same-origin"  # no third party learns which listing led to it
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
    # No Accept-Language: Scrapy's "en" makes multilingual sites hide their own language.
}

RETRY_AFTER_MAX = 120.0  # seconds that a site may ask to wait (Retry-After) in a run

# Safety of an unattended run.
PRIVATE_ADDRESSES = False  # pages and redirects do not lead into this network
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy's default accepts any certificate
TELNETCONSOLE_ENABLED = False  # a port that runs Python code
REMOTE_CONTROL_ENABLED = False  # likewise
METAREFRESH_ENABLED = False  # challenge pages refresh for ever; they are to be seen as such
REDIRECT_MAX_TIMES = 5  # what RFC 9309 asks for; the default of 20 follows loops

# Limits.
DOWNLOAD_TIMEOUT = 60.0  # seconds a page; the default of 180 is three pages' patience
DOWNLOAD_MAXSIZE = 64 * 1024 * 1024  # bytes; Scrapy's 1 GiB fills the memory of small machines
DOWNLOAD_WARNSIZE = 16 * 1024 * 1024  # bytes; no listing is that large
CLOSESPIDER_TIMEOUT = 1800.0  # seconds for the whole run, so that cron's runs do not pile up
RETRY_TIMES = 3  # one more than Scrapy's: an unattended run has nobody to start it again

# Output.
FEED_EXPORTERS = {
    # Scrapy's writes \uXXXX or not by a setting, and cannot tell a record from a dictionary.
    "jsonl": "scraper.feed.LineExporter",
    "jsonlines": "scraper.feed.LineExporter",
    "jl": "scraper.feed.LineExporter",
}
FEED_STORAGES = {
    # Scrapy's empties the good feed before the first request.
    "": "scraper.feed.FileStorage",
    "file": "scraper.feed.FileStorage",
}
FEED_EXPORT_ENCODING = "utf-8"  # Scrapy's default writes JSON and XML in ASCII escapes
LOG_LEVEL = "INFO"  # DEBUG writes out every item
LOG_FORMATTER = "scraper.monitor.ShortLogFormatter"  # so does Scrapy's when a pipeline fails
