/* The network behind the look-up tables of mailauth: what a table wants is asked for, all at once, and the answers go into it. */
#pragma once

#include "mailauth/lookup.h"
#include "net/resolver.h"

G_BEGIN_DECLS

typedef void (*MrLookupsDoneFunc) (gpointer data);
/* table stays the caller's and must live until done, or until mr_lookups_cancel() of what this returns; done is called once, later. NULL: nothing was
 * wanted, and done is not called. */
typedef struct _MrLookups MrLookups;
MrLookups *mr_lookups_fetch (MrResolver *resolver, MrLookupTable *table, MrLookupsDoneFunc done, gpointer data);
void mr_lookups_cancel (MrLookups *lookups);

G_END_DECLS
