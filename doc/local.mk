dist_man_MANS += doc/postern.1 doc/postern-config.5
EXTRA_DIST += doc/ARCHITECTURE.md doc/FIELD.md doc/STYLE.md doc/TESTING.md
