# The themes are compiled into the program; a user's own lie in $XDG_CONFIG_HOME/postern/themes.

THEMES = \
	themes/dusk.theme themes/paper.theme themes/contrast.theme \
	themes/sixteen.theme themes/plain.theme

EXTRA_DIST += $(THEMES)
CLEANFILES += themes/builtin.c

themes/builtin.c: $(THEMES)
	$(AM_V_GEN)$(MKDIR_P) themes && { \
		echo '#include "ui/theme-builtin.h"'; \
		echo 'static const ThemeBuiltin themes[] = {'; \
		for theme in $(THEMES); do \
			name=`basename $$theme .theme`; \
			echo "{\"$$name\","; \
			sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $(srcdir)/$$theme; \
			echo '},'; \
		done; \
		echo '};'; \
		echo 'const ThemeBuiltin *theme_builtin_at(guint i)'; \
		echo '{ return i < G_N_ELEMENTS(themes) ? &themes[i] : NULL; }'; \
	} > $@.tmp && mv $@.tmp $@
