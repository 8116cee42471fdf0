BEGIN TRANSACTION;
CREATE TABLE changes (
    number INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    body TEXT NOT NULL,
    combined TEXT
);
INSERT INTO "changes" VALUES(1,1,'{"change": "added", "id": "site:c", "source": "site", "at": "2026-11-21T12:00:00.000000Z", "generation": 1, "revision": 1, "returned": false, "changed": null, "record": {"schema_version": "1.0", "id": "site:c", "source": "site", "url": "https://site.example/c", "page_url": "https://site.example/list", "position": 1, "title": "عنوان", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "e26cb07c5ad17bf446c105c76b50f590", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}}
',NULL);
INSERT INTO "changes" VALUES(2,1,'{"change": "added", "id": "site:b", "source": "site", "at": "2026-11-21T12:00:00.000000Z", "generation": 1, "revision": 1, "returned": false, "changed": null, "record": {"schema_version": "1.0", "id": "site:b", "source": "site", "url": "https://site.example/b", "page_url": "https://site.example/list", "position": 2, "title": "Title of b", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "5a6b33b33dc8c60601c63ae2fc9d5d0d", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}}
',NULL);
INSERT INTO "changes" VALUES(3,1,'{"change": "added", "id": "site:a", "source": "site", "at": "2026-11-21T12:00:00.000000Z", "generation": 1, "revision": 1, "returned": false, "changed": null, "record": {"schema_version": "1.0", "id": "site:a", "source": "site", "url": "https://site.example/a", "page_url": "https://site.example/list", "position": 3, "title": "Title of a", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "ebaed6e0d45475fc4d1c5e322a0e72e3", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}}
',NULL);
INSERT INTO "changes" VALUES(4,1,'{"change": "archived", "id": "site:a", "source": "site", "at": "2026-11-21T12:00:00.000000Z", "generation": 1, "revision": 1, "returned": false, "changed": null, "record": null}
',NULL);
CREATE TABLE entries (
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    revision INTEGER NOT NULL,
    first_seen TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    removed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, id)
) WITHOUT ROWID;
INSERT INTO "entries" VALUES('site','site:a','ebaed6e0d45475fc4d1c5e322a0e72e3',1,'2026-11-21T12:00:00Z','2026-11-21T12:00:00Z',0);
INSERT INTO "entries" VALUES('site','site:b','5a6b33b33dc8c60601c63ae2fc9d5d0d',1,'2026-11-21T12:00:00Z','2026-11-21T12:00:00Z',0);
INSERT INTO "entries" VALUES('site','site:c','e26cb07c5ad17bf446c105c76b50f590',1,'2026-11-21T12:00:00Z','2026-11-21T12:00:00Z',0);
CREATE TABLE feed (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    changed_at TEXT NOT NULL,
    line TEXT NOT NULL,
    newer TEXT NOT NULL DEFAULT '[]',
    older TEXT NOT NULL DEFAULT '[]',
    misses INTEGER NOT NULL DEFAULT 0,
    UNIQUE (source, id)
);
INSERT INTO "feed" VALUES(1,'site','site:c',1,'2026-11-21T12:00:00Z','{"schema_version": "1.0", "id": "site:c", "source": "site", "url": "https://site.example/c", "page_url": "https://site.example/list", "position": 1, "title": "عنوان", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "e26cb07c5ad17bf446c105c76b50f590", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}
','[]','["site:b", "site:a"]',0);
INSERT INTO "feed" VALUES(2,'site','site:b',1,'2026-11-21T12:00:00Z','{"schema_version": "1.0", "id": "site:b", "source": "site", "url": "https://site.example/b", "page_url": "https://site.example/list", "position": 2, "title": "Title of b", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "5a6b33b33dc8c60601c63ae2fc9d5d0d", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}
','["site:c"]','["site:a"]',0);
CREATE TABLE generations (
    generation INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    at TEXT NOT NULL
);
INSERT INTO "generations" VALUES(1,'site','2026-11-21T12:00:00.000000Z');
CREATE TABLE leaving (
    number INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    month TEXT NOT NULL,
    line TEXT NOT NULL,
    combined INTEGER NOT NULL
);
INSERT INTO "leaving" VALUES(1,1,'2026-11','{"schema_version": "1.0", "id": "site:a", "source": "site", "url": "https://site.example/a", "page_url": "https://site.example/list", "position": 3, "title": "Title of a", "summary": null, "authors": [], "author_count": null, "published": null, "published_raw": null, "language": "und", "language_confidence": 0.0, "language_method": "none", "field_languages": {}, "direction": "ltr", "translations": {}, "topics": [], "places": [], "tags": [], "identifiers": {}, "metrics": {}, "links": [], "image": null, "issues": [], "content_hash": "ebaed6e0d45475fc4d1c5e322a0e72e3", "fetched_at": "2026-11-21T12:00:00Z", "first_seen": "2026-11-21T12:00:00Z", "last_seen": "2026-11-21T12:00:00Z", "duplicate_of": null, "cluster_id": null, "raw": {}}
',1);
CREATE TABLE pages (
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    fetched_at TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    next_url TEXT,
    entry_ids TEXT NOT NULL,
    PRIMARY KEY (source, url)
) WITHOUT ROWID;
INSERT INTO "pages" VALUES('site','https://site.example/list','2026-11-21T12:00:00Z',NULL,NULL,NULL,'["site:c", "site:b", "site:a"]');
CREATE TABLE published (
    source TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    files TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE runs (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    run_id TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    outcome TEXT NOT NULL,
    good INTEGER NOT NULL,
    told TEXT NOT NULL,
    seen INTEGER NOT NULL,
    added INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    records INTEGER NOT NULL,
    fill TEXT NOT NULL,
    und REAL NOT NULL,
    suspect REAL NOT NULL,
    with_issues REAL NOT NULL,
    warnings TEXT NOT NULL,
    UNIQUE (source, run_id)
);
INSERT INTO "runs" VALUES(1,'site','20261121T120000.000000Z-0','2026-11-21T12:00:00Z','2026-11-21T12:00:00Z','ok',1,'',3,3,0,0,1,3,'{}',0.0,0.0,0.0,'[]');
INSERT INTO "runs" VALUES(2,'late','20261121T120000.000000Z-0','2026-11-21T12:00:00Z','2026-11-21T12:00:00Z','http',0,'',0,0,0,0,0,0,'{}',0.0,0.0,0.0,'[]');
CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 0,
    last_new_entry TEXT,
    last_seen TEXT
) WITHOUT ROWID;
INSERT INTO "sources" VALUES('late',0,NULL,NULL);
INSERT INTO "sources" VALUES('site',1,'2026-11-21T12:00:00Z','2026-11-21T12:00:00Z');
CREATE INDEX runs_by_source ON runs (source, number);
CREATE INDEX runs_by_good ON runs (source, good, number);
CREATE INDEX feed_by_source ON feed (source, seq);
CREATE INDEX feed_by_age ON feed (source, run, seq DESC);
CREATE INDEX feed_by_run ON feed (run, seq DESC);
CREATE INDEX feed_by_id ON feed (id, seq);
CREATE INDEX feed_by_change ON feed (source, changed_at);
CREATE INDEX feed_missing ON feed (source) WHERE misses > 0;
CREATE INDEX generations_by_source ON generations (source, generation);
CREATE INDEX changes_by_generation ON changes (generation, number);
CREATE INDEX leaving_by_generation ON leaving (generation, number);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('feed',3);
INSERT INTO "sqlite_sequence" VALUES('generations',1);
COMMIT;
PRAGMA user_version = 1;
