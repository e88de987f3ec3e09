EXTRA_DIST += tools/sample-server tests/lib/dovecot.py
