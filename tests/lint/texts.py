"""What people read: every file with such texts is listed for translators, and the texts keep to the agreed words."""

import os
import re
import xml.etree.ElementTree as ElementTree

import source

POTFILES = "po/POTFILES"
CODE = (".c", ".h", ".ui")
MARKED = re.compile(r"(?<![\w])(?:_|N_|C_|NC_|Q_|ngettext|g_dngettext|g_dpgettext2?)\s*\(")
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[^\n]*(?:\\\n[^\n]*)*", re.M)
LITERALS = re.compile(r'(?<![\w])(?:_|N_|C_|NC_|Q_|ngettext)\s*\(\s*((?:"(?:\\.|[^"\\\n])*"\s*,?\s*)+)')
LITERAL = re.compile(r'"((?:\\.|[^"\\\n])*)"')


def is_marked(root, path):
    text = source.read(root, path)
    if path.endswith(".ui"):
        return 'translatable="yes"' in text
    return MARKED.search(DEFINE.sub("", source.code_only(text))) is not None


def marked_files(root):
    return {p for p in source.files(root, ["app", "include"], CODE) if is_marked(root, p)}


def update_potfiles(root):
    """Files of code as they are; what is listed besides (desktop file, metainfo, rules) is kept."""
    whole = os.path.join(root, POTFILES)
    lines = source.read(root, POTFILES).splitlines() if os.path.exists(whole) else []
    others = [line for line in lines if not line.endswith(CODE)]
    with open(whole, "w", encoding="utf-8") as f:
        f.writelines(line + "\n" for line in others + sorted(marked_files(root)))


def check_potfiles(root):
    marked = marked_files(root)
    if not os.path.exists(os.path.join(root, POTFILES)):
        return [f"{POTFILES} is missing and {len(marked)} files have texts for translators"] if marked else []

    problems, listed = [], set()
    for line in source.read(root, POTFILES).splitlines():
        path = line.split("#")[0].strip()
        if not path:
            continue
        if path in listed:
            problems.append(f"{POTFILES}: {path} stands twice")
        listed.add(path)
        if not os.path.exists(os.path.join(root, path)):
            problems.append(f"{POTFILES}: {path} does not exist")
        elif path.endswith(CODE) and path not in marked:
            problems.append(f"{POTFILES}: {path} has no text for translators")
    problems += [f"{path}: has texts for translators and is not in {POTFILES}: lint.py update-potfiles ROOT" for path in sorted(marked - listed)]
    return problems


# xgettext sees the text end at the macro and translators get half of it.
BROKEN_FORMAT = re.compile(r'(?<![\w])(?:_|N_|C_|ngettext)\s*\(\s*(?:"(?:\\.|[^"\\\n])*"\s*)+(G_\w+_FORMAT|PRI\w+)')


def check_formats(root):
    for path in source.files(root, ["app"], (".c", ".h")):
        text = source.without_comments(source.read(root, path))
        for match in BROKEN_FORMAT.finditer(text):
            yield f"{path}:{source.line_of(text, match.start())}: {match.group(1)} cuts the text in two: cast, and use %lld or %zu"


# Errors reach people through the bus. What programs read (replies of SMTP, lines of the log) is English everywhere.
ERRORS = re.compile(r"(?<![\w])(?:g_set_error|g_set_error_literal|g_error_new|g_error_new_literal|g_prefix_error|mr_call_refuse)\s*\(")
CALL = re.compile(r'(?:"(?:\\.|[^"\\\n])*"|\((?:"(?:\\.|[^"\\\n])*"|[^()"]|\((?:"(?:\\.|[^"\\\n])*"|[^()"]|\([^()]*\))*\))*\)|[^()"])*')
NOT_READ = ("app/engine/intake.c", "app/engine/maildrop.c", "app/engine/oauth.c", "app/net/", "app/smtp/", "app/store/")
CONVERSION = re.compile(r"%[-+ 0#]*[0-9.*]*[a-z]+")


def check_errors(root):
    for path in source.files(root, ["app"], (".c",)):
        if path.startswith(NOT_READ):
            continue
        text = source.without_comments(source.read(root, path))
        for match in ERRORS.finditer(text):
            arguments = CALL.match(text, match.end()).group(0)
            words = CONVERSION.sub("", "".join(LITERAL.findall(arguments)))
            if not MARKED.search(arguments) and re.search(r"[A-Za-z]{3}", words):
                yield f"{path}:{source.line_of(text, match.start())}: the words of an error are not marked for translators"


# The left column of the table of words that people do not read, each with what allows it all the same.
WORDS = [
    (r"relay accounts?", None),
    (r"smart ?hosts?", None),
    (r"direct MX", None),
    (r"submission servers?", None),
    (r"hold|holds|held|holding", None),
    (r"releases?|released|releasing", r"release notes|new release|this release"),
    (r"deferred|deferrals?", None),
    # a certificate, a password or a session expires; a message does not
    (r"expired?|expires", r"(?:certificate|password|key|session|signature|account|link)\b[^.]*\bexpire"),
    (r"cancelled|canceled", None),
    (r"uncertain", None),
    (r"bounces?|bounced|bouncing", None),
    (r"NDRs?", None),
    (r"suppression lists?", None),
    (r"captures?|captured", None),
    (r"transcripts?", None),
    (r"reverse-paths?", None),
    (r"implicit TLS", None),
    (r"STARTTLS", None),
    (r"keyring (?:is )?locked", None),
]
WORDS = [(re.compile(r"(?<![\w-])(?:" + word + r")(?![\w-])", re.I), allowed and re.compile(allowed, re.I))
         for word, allowed in WORDS]


def ui_texts(root, path):
    try:
        tree = ElementTree.fromstring(source.read(root, path))
    except ElementTree.ParseError as error:
        yield f"not XML: {error}", None
        return
    for element in tree.iter():
        if element.get("translatable") in ("yes", "true", "1"):
            yield None, element.text or ""


def c_texts(root, path):
    text = source.without_comments(source.read(root, path))
    for match in LITERALS.finditer(text):
        yield None, "".join(LITERAL.findall(match.group(1)))


def rule_texts(root, path):
    """GKeyFile rules: keys whose values people read."""
    for line in source.read(root, path).splitlines():
        key, equals, value = line.partition("=")
        if equals and re.match(r"(?:title|sentence|explanation|label|user-label|secret-label|help|notice|admin-text)$", key.strip()):
            yield None, value.strip()


def readers(root):
    for path in source.files(root, ["app"], (".ui",)):
        yield path, ui_texts(root, path)
    for path in source.files(root, ["app/ui", "app/ndr"], (".c", ".h")):
        yield path, c_texts(root, path)
    for path in source.files(root, ["data/diagnosis", "data/providers"], (".conf", ".rules", ".ini")):
        yield path, rule_texts(root, path)


def check_words(root):
    problems = []
    for path, texts in readers(root):
        for problem, text in texts:
            if problem:
                problems.append(f"{path}: {problem}")
                continue
            for word, allowed in WORDS:
                match = word.search(text)
                if match and not (allowed and allowed.search(text)):
                    problems.append(f"{path}: “{text}” says “{match.group(0)}”")
    return problems


def check(root):
    return check_potfiles(root) + list(check_formats(root)) + list(check_errors(root)) + check_words(root)


def ui(text):
    return f'<interface><object class="X"><property name="y" translatable="yes">{text}</property></object></interface>'


CLEAN = {
    "po/POTFILES": "# comment\napp/ui/a.ui\napp/ui/a.c\napp/ndr/a.c\ncom.example.MailRelay.desktop\n",
    "com.example.MailRelay.desktop": "[Desktop Entry]\n",
    "app/ui/a.ui": ui("Keep back the household threshold") + "\n",
    "app/ui/a.c": 'const char *t (void) { return _ ("Send"); }\n',
    "app/ui/b.c": '/* _("no") */ const char *t = "_(x)"; int mr_ (int x); int f (void) { return mr_(1); }\n'
                  "#define _(x) g_dgettext (0, x)\n",
    "app/engine/a.c": 'void t (void) { g_set_error (e, D, C, "%s: %u", f ("x")); }\n',
    "app/engine/intake.c": 'void t (void) { g_set_error (e, D, C, "The message is too big"); }\n',
    "app/ndr/a.c": 'const char *t = N_ ("The certificate of %s has expired");\n',
}

VIOLATIONS = [
    ({"app/ui/a.c": 'const char *t (void) { return _("x"); }\n'}, "po/POTFILES is missing"),
    ({"po/POTFILES": "", "app/ui/a.c": 'const char *t (void) { return _ ("x"); }\n'}, "app/ui/a.c: has texts"),
    ({"po/POTFILES": "", "app/ui/a.c": 'void t (void) { ngettext ("x", "y", 2); }\n'}, "app/ui/a.c: has texts"),
    ({"po/POTFILES": "", "app/ui/a.ui": ui("x")}, "app/ui/a.ui: has texts"),
    ({"po/POTFILES": "app/ui/gone.c\n"}, "app/ui/gone.c does not exist"),
    ({"po/POTFILES": "app/ui/a.c\n", "app/ui/a.c": "int x;\n"}, "app/ui/a.c has no text"),
    ({"po/POTFILES": "app/ui/a.ui\napp/ui/a.ui\n", "app/ui/a.ui": ui("x")}, "stands twice"),
    ({"po/POTFILES": "app/ui/a.ui\n", "app/ui/a.ui": ui("Hold the message")}, "says “Hold”"),
    ({"po/POTFILES": "app/ui/a.ui\n", "app/ui/a.ui": ui("Your Smart Host")}, "says “Smart Host”"),
    ({"app/ui/a.ui": "<interface>"}, "not XML"),
    ({"po/POTFILES": "app/ui/a.c\n", "app/ui/a.c": 'void t (void) { _ ("The mail was "\n "deferred"); }\n'},
     "says “deferred”"),
    ({"po/POTFILES": "app/ndr/a.c\n", "app/ndr/a.c": 'const char *t = N_ ("The message expired");\n'}, "says “expired”"),
    ({"po/POTFILES": "app/net/a.c\n", "app/net/a.c": 'void t (void) { _ ("a %" G_GSIZE_FORMAT " b"); }\n'},
     "G_GSIZE_FORMAT cuts"),
    ({"app/engine/a.c": 'void t (void) { g_set_error (e, D, f (1), "Give (it) a "\n "name, %s", g ("%s")); }\n'}, "not marked for translators"),
    ({"data/diagnosis/a.conf": "[full]\ntitle=A bounce came back\n"}, "says “bounce”"),
    ({"data/providers/a.conf": "[provider a]\nhelp=Use STARTTLS\n"}, "says “STARTTLS”"),
]
