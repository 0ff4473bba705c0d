-- A store as schema version 1 wrote it. Never changed: it stands for the files that people have.
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
        );
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
        );
CREATE INDEX turn_session ON turn (session);
CREATE INDEX turn_open ON turn (owner) WHERE status IS NULL;
INSERT INTO session VALUES (1, 'a000000001', 'math', 1700000000.0, 1700000100.5, 1700000050.0, '', NULL);
INSERT INTO session VALUES (2, 'b000000002', 'wall-e', 1700000200.0, NULL, 1700000250.0, 'Cleaning', 'agent-7');
INSERT INTO turn VALUES (1, '1000000001', 'a000000001', 1700000050.0, '1:2:3', 'answered', 1, 12.5, NULL, '2+2', '4');
INSERT INTO turn VALUES (2, '2000000002', 'b000000002', 1700000250.0, '1:2:3', NULL, 0, NULL, NULL, 'Clean up', '');
PRAGMA user_version = 1;
COMMIT;
