-- Two roles: the owner migrates; the application reads and writes rows and can neither change tables nor empty them.
-- Run once as a superuser, connected to the new database; then migrate with DATABASE_URL naming the owner.
CREATE ROLE duixian_owner LOGIN PASSWORD 'choose';
CREATE ROLE duixian_app LOGIN PASSWORD 'choose';
GRANT CREATE, USAGE ON SCHEMA public TO duixian_owner;
GRANT USAGE ON SCHEMA public TO duixian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE duixian_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO duixian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE duixian_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO duixian_app;
