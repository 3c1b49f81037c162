/* mail-relay.conf(5), made from the table of settings: what is documented and what is read cannot differ. */
#include <config.h>

#include "ctl/verbs.h"

#include <stdio.h>

#include "base/config.h"

/* roff: backslashes and hyphens as they are, no control at the start of a line. */
static void
print_text (const char *text)
{
  if (*text == '.' || *text == '\'')
    fputs ("\\&", stdout);
  for (; *text != '\0'; text++)
    switch (*text) {
    case '\\':
      fputs ("\\e", stdout);
      break;
    case '-':
      fputs ("\\-", stdout);
      break;
    default:
      putchar (*text);
    }
}

static void
print_kind (const MrConfigKey *row)
{
  switch (row->type) {
  case MR_CONFIG_STRING:
    fputs ("text", stdout);
    break;
  case MR_CONFIG_STRING_LIST:
    fputs ("list, separated by semicolons", stdout);
    break;
  case MR_CONFIG_BOOLEAN:
    fputs ("true or false", stdout);
    break;
  case MR_CONFIG_INTEGER:
    printf ("%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, row->min, row->max);
    break;
  case MR_CONFIG_ENUM:
    fputs ("one of ", stdout);
    print_text (row->choices);
    break;
  default:
    break;
  }
}

static const char *
group_title (const char *group)
{
  if (g_str_equal (group, "account"))
    return "account ID";
  if (g_str_equal (group, "dkim"))
    return "dkim ID";
  if (g_str_equal (group, "hold"))
    return "hold ID";
  if (g_str_equal (group, "oauth"))
    return "oauth PROVIDER";
  return g_str_equal (group, "program") ? "program ID" : group;
}

void
mr_config_print_man (void)
{
  const char *last = "";

  puts (".TH MAIL-RELAY.CONF 5 \"\" \"Mail Relay\" \"File Formats\"\n"
        ".SH NAME\nmail-relay.conf \\- settings of Mail Relay\n"
        ".SH SYNOPSIS\n.I $XDG_CONFIG_HOME/mail\\-relay/mail\\-relay.conf\n"
        ".SH DESCRIPTION\nA text file of groups, each with lines \\(lqkey=value\\(rq; a line that starts with # is a "
        "comment.\n"
        "The service reads the file again when it changes. While it has an error the last good settings stay in force, "
        "and\n"
        ".B mail\\-relayctl status\nand the window tell the line.\n"
        "The window and\n.B mail\\-relayctl config set\nkeep comments and keys that they do not know.\n"
        "Passwords never stand here.");
  for (const MrConfigKey *row = mr_config_keys (); row->group != NULL; row++) {
    if (!g_str_equal (row->group, last)) {
      fputs (".SH \"[", stdout);
      print_text (group_title (row->group));
      puts ("]\"");
    }
    last = row->group;
    fputs (".TP\n.B ", stdout);
    print_text (row->key);
    putchar ('\n');
    print_text (row->help);
    fputs (".\n(", stdout);
    print_kind (row);
    if (*row->def != '\0') {
      fputs ("; default: ", stdout);
      print_text (row->def);
    }
    puts (")");
  }
  puts (".SH SEE ALSO\n.BR mail\\-relayctl (1),\n.BR mail\\-relayd (8)");
}
