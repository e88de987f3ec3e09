EXTRA_DIST += tools/sample-server tests/lib/dovecot.py tests/lib/sample.py tests/lib/samplemail.py
