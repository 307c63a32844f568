-- Emptied by Postgres itself after a crash, which may have taken claims back that were not on disk yet. Fences of a run
-- begin above those of the runs before, so that no such claim's fence is given again.

CREATE UNLOGGED TABLE run (floor bigint NOT NULL);
INSERT INTO facts VALUES ('floor', '0');
INSERT INTO run VALUES (0);
