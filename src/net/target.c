/* The NetTarget of stream.h: plain data with an owner. */
#include "net/stream.h"

NetTarget *
net_target_copy(const NetTarget *target)
{
	NetTarget *copy = g_new0(NetTarget, 1);

	*copy = *target;
	copy->host = g_strdup(target->host);
	copy->tunnel = g_strdupv(target->tunnel);
	copy->ca_file = g_strdup(target->ca_file);
	copy->pin = g_strdup(target->pin);
	copy->client_cert = g_strdup(target->client_cert);
	copy->client_key = g_strdup(target->client_key);
	if (target->cache)
		copy->cache = net_cache_ref(target->cache);
	return copy;
}

void
net_target_free(NetTarget *target)
{
	if (!target)
		return;
	g_free(target->host);
	g_strfreev(target->tunnel);
	g_free(target->ca_file);
	g_free(target->pin);
	g_free(target->client_cert);
	g_free(target->client_key);
	net_cache_unref(target->cache);
	g_free(target);
}
