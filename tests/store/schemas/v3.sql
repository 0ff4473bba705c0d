-- A store as schema version 3 wrote it. Never changed: it stands for the files that people have.
PRAGMA journal_mode = WAL;
BEGIN;
CREATE TABLE session (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            bot TEXT NOT NULL,
            started_at REAL NOT NULL,
            ended_at REAL,
            used_at REAL NOT NULL,
            title TEXT NOT NULL DEFAULT '',
            agent_session TEXT
        , agent_title TEXT NOT NULL DEFAULT '');
CREATE TABLE turn (
            seq INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            sent_at REAL NOT NULL,
            owner TEXT NOT NULL,
            status TEXT,
            attempts INTEGER NOT NULL DEFAULT 0,
            latency_ms REAL,
            error TEXT,
            message TEXT NOT NULL,
            text TEXT NOT NULL DEFAULT ''
        , sent_ms REAL, first_ms REAL, first_error TEXT, replays INTEGER NOT NULL DEFAULT 0, attachments TEXT);
CREATE INDEX turn_session ON turn (session);
CREATE INDEX turn_open ON turn (owner) WHERE status IS NULL;
CREATE TABLE exit (
            seq INTEGER PRIMARY KEY,
            bot TEXT NOT NULL,
            at REAL NOT NULL,
            pid INTEGER,
            code INTEGER,
            signal INTEGER,
            reason TEXT NOT NULL,
            crash INTEGER NOT NULL,
            uptime_s REAL,
            state TEXT NOT NULL
        );
CREATE INDEX exit_bot ON exit (bot);
CREATE INDEX turn_failed ON turn (seq) WHERE status = 'failed';
CREATE INDEX turn_attached ON turn (session) WHERE attachments IS NOT NULL;
CREATE TABLE search_index (name TEXT NOT NULL);
CREATE TABLE changed (number INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TRIGGER turn_changed AFTER UPDATE OF message, text, status ON turn WHEN old.status IS NOT NULL
        BEGIN
            INSERT INTO changed (seq) VALUES (old.seq);
        END;
INSERT INTO search_index VALUES ('0123456789abcdef');
INSERT INTO session VALUES (1, 'a000000001', 'math', 1700000000.0, 1700000100.5, 1700000050.0, '', NULL, '');
INSERT INTO session VALUES (2, 'c000000003', 'wall-e', 1700000120.0, NULL, 1700000140.0, '', NULL, 'Once more');
INSERT INTO session VALUES (3, 'b000000002', 'wall-e', 1700000200.0, NULL, 1700000250.0, 'Cleaning', 'agent-7', 'Clean up the room');
INSERT INTO turn VALUES (1, '1000000001', 'a000000001', 1700000050.0, '1:2:3', 'answered', 1, 12.5, NULL, '2+2', '4', 0.5, 3.25, NULL, 0, '[["a.txt", "file:///a.txt", "text/plain", "one", null]]');
INSERT INTO turn VALUES (2, '3000000003', 'c000000003', 1700000140.0, '1:2:3', 'failed', 2, 99.5, 'Wall-E died', 'Again', 'half', 1.5, 2.5, 'Wall-E was killed by SIGKILL', 1, NULL);
INSERT INTO turn VALUES (3, '2000000002', 'b000000002', 1700000250.0, '1:2:3', NULL, 0, NULL, NULL, 'Clean up', '', NULL, NULL, NULL, 0, NULL);
INSERT INTO exit VALUES (1, 'wall-e', 1700000141.0, 77, NULL, 9, 'was killed by SIGKILL', 1, 3.5, 'backoff');
INSERT INTO changed VALUES (1, 2);
PRAGMA user_version = 3;
COMMIT;
