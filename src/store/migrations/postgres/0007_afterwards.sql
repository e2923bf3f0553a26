-- Causes that an admin marked as intended, as JSON (domain/project.rs, OnPurpose).
ALTER TABLE project ADD COLUMN on_purpose TEXT NOT NULL DEFAULT '[]';
