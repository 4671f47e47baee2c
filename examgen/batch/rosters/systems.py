"""The class lists that course systems export: a row for each kind, none of which the reader names.

Titles are compared without capitals, accents, spaces and signs, so that "SIS User ID" and "sis_user_id" are one.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

Titles = tuple[str, ...]
"""Titles that mean the same, as `plain_title` spells them, the likeliest first."""


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where names are: in the first of each of these columns that a table has, written one behind the other."""

    columns: tuple[Titles, ...]
    is_turned: bool = False
    """Whether they are written "Last, First"."""


@dataclass(frozen=True, slots=True)
class System:
    """A kind of list; a table is of the first kind that has a column of each group, ids and names.

    Attributes:
        label: what it is called in the line that says how a roster was read; empty for lists that people write.
        telling: groups of titles by which it is told from others.
        ids: columns with ids; the first that is not empty for everybody counts.
        names: places of names; the first that the table has counts.
        no_students: names, spelled as titles, of rows that sum up or test; in the likeliest column they have no id.
        roles: a column that says what somebody is in the course, and the words there for students.
    """

    label: str
    telling: tuple[Titles, ...]
    ids: tuple[Titles, ...]
    names: tuple[NamePlace, ...]
    no_students: Titles = ()
    roles: tuple[str, Titles] = ("", ())


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table was recognised as, with the places of its columns.

    Attributes:
        ids: candidates, of which the first that is not empty for everybody counts.
        has_best_id: whether the first of them is the likeliest of such lists.
        names: of the parts of a name, in the order in which they are written.
        role: of the column that says who is a student, if there is one.
        others: columns that are kept beside them: all of a list that people write, of others those in `KEPT`.
    """

    system: System
    ids: tuple[int, ...]
    has_best_id: bool
    names: tuple[int, ...]
    is_turned: bool
    role: int | None
    others: tuple[int, ...] = ()

    @property
    def places(self) -> tuple[int, ...]:
        """What tells who somebody is."""
        return tuple(dict.fromkeys((*self.ids, *self.names, *(() if self.role is None else (self.role,)))))


GIVEN = ("firstname", "givenname", "givennames", "forename", "vorname", "prenom", "nombre", "nombres", "nome")
FAMILY = (
    *("lastname", "surname", "familyname", "nachname", "familienname", "nomdefamille", "nom"),
    *("apellidos", "apellido", "primerapellido", "cognome", "sobrenome"),
)
PARTS = NamePlace((GIVEN, FAMILY))
WHOLE = NamePlace(
    (("name", "studentname", "fullname", "displayname", "candidatename", "nomcomplet", "nombrecompleto"),)
)
BOTH = NamePlace((("firstnamelastname", "vornamenachname", "prenomnomdefamille", "nombreapellidos"),))
TURNED = NamePlace(
    (("lastnamefirstname", "surnamefirstname", "nachnamevorname", "nomprenom", "apellidosnombre", "cognomenome"),),
    is_turned=True,
)
NAMES = (
    # In German and French, "Name" beside "Vorname" is the family's.
    NamePlace((("vorname", "prenom"), (*FAMILY, "name"))),
    WHOLE,
    PARTS,
    BOTH,
    TURNED,
    NamePlace((("nombre", "nom", "nome", "student", "nachname", "lastname", "surname"),)),
)
EMAILS = (
    *("emailaddress", "emailadresse", "adressedecourriel", "adresseemail"),
    *("direcciondecorreo", "direcciondecorreoelectronico", "direccionemail", "correoelectronico"),
)
MAILS = (*EMAILS, "email", "mail", "courriel", "correo")
MOODLE_IDS = ("idnumber", "idnummer", "numerodidentification", "numerodeid", "numerodeidentificacion")
MOODLE = "a Moodle participants list"
PLAIN_IDS = (
    *("id", "studentid", "studentnumber", "studentno", "studentnr", "studentidnumber", "sid"),
    *("matriculationnumber", "matriculationno", "matriculation"),
    *("matrikelnummer", "matrikelnr", "matrnr", "matnr", "matrikel"),
    *("registrationnumber", "registrationno", "registration", "regno", "enrolmentnumber", "enrollmentnumber"),
    *("rollnumber", "rollno", "candidatenumber", "candidateno", "candidateid", "indexnumber", "idnumber", "idnummer"),
    *("numerodetudiant", "numeroetudiant", "numetudiant", "noetudiant", "netudiant", "codeetudiant", "identifiant"),
    *("numerodidentification", "numerodematricula", "nodematricula", "matricula", "legajo", "expediente"),
    *("matricola", "numerodimatricola", "studentnummer", "studienummer"),
    *("student", "uid", "userid", "netid", "username", "benutzername", "anmeldename", "login", "loginid"),
)
"""Titles in lists that people write, the likeliest first."""

SYSTEMS = (
    System("an R/exams list", (("registration",), ("name",), ("id",)), (("registration",), ("id",)), (WHOLE,)),
    System(
        "a Canvas gradebook",
        (("student",), ("id",), ("sisuserid", "sisloginid", "section")),
        (("sisuserid",), ("id",)),
        (NamePlace((("student",),), is_turned=True),),
        no_students=("pointspossible", "studenttest"),
    ),
    System("a Blackboard list", (("username",), ("studentid",)), (("studentid",), ("username",)), (PARTS,)),
    System(
        "a Gradescope roster",
        (("sid",), ("email",)),
        (("sid",), ("email",)),
        (PARTS, WHOLE),
        roles=("role", ("student", "")),
    ),
    System(MOODLE, (MOODLE_IDS,), (MOODLE_IDS, MAILS), (PARTS, BOTH)),
    System(MOODLE, (("matrikelnummer",), EMAILS), (("matrikelnummer",), EMAILS), (PARTS, BOTH)),
    System("", (), tuple((title,) for title in PLAIN_IDS), NAMES),
    System(MOODLE, (EMAILS,), (EMAILS,), (PARTS, BOTH)),
)

LANGUAGE, PAPER, ACCOMMODATION, GROUP = "language", "paper", "accommodation", "group"
KEPT: dict[str, Titles] = {
    LANGUAGE: ("language", "sprache", "langue", "idioma", "lengua"),
    PAPER: ("paper", "papersize", "papier", "papel"),
    ACCOMMODATION: ("accommodation", "accommodations", "nachteilsausgleich", "amenagement", "adaptacion"),
    GROUP: (
        *("group", "groups", "gruppe", "gruppen", "groupe", "groupes", "grupo", "grupos"),
        *("section", "sections", "room", "raum", "salle", "aula"),
    ),
}
"""Columns that mean something to a class, by what they mean, as their titles are spelled; the likeliest first."""

ID_TITLES = frozenset(title for system in SYSTEMS for group in system.ids for title in group) - frozenset(MAILS)
NAME_TITLES = frozenset(
    title for system in SYSTEMS for names in system.names for group in names.columns for title in group
)


def plain_title(title: str) -> str:
    """A title without capitals, accents, spaces and signs."""
    return "".join(char for char in unicodedata.normalize("NFKD", title).casefold() if char.isalnum())


def recognise(titles: Sequence[str]) -> Recognised | None:
    """The kind of list that has this header, None where there is none."""
    places: dict[str, int] = {}
    for place, title in enumerate(map(plain_title, titles)):
        if title:
            places.setdefault(title, place)
    return next((found for system in SYSTEMS if (found := _as(system, places))), None)


def _as(system: System, places: dict[str, int]) -> Recognised | None:
    if any(_first(group, places) is None for group in system.telling):
        return None
    ids = tuple(place for group in system.ids if (place := _first(group, places)) is not None)
    for names in system.names if ids else ():
        found = [place for group in names.columns if (place := _first(group, places)) is not None]
        if len(found) == len(names.columns) and len({ids[0], *found}) > len(found):
            others = tuple(place for place in ids if place not in found)
            has_best = _first(system.ids[0], places) == others[0]
            role = places.get(system.roles[0])
            kept = _kept(system, places, {*others, *found, *(() if role is None else (role,))})
            return Recognised(system, others, has_best, tuple(found), names.is_turned, role, kept)
    return None


def _kept(system: System, places: dict[str, int], taken: set[int]) -> tuple[int, ...]:
    """Exports have columns by the dozen, such as marks of other work; who writes a list wants what is in it."""
    wanted = {title for titles in KEPT.values() for title in titles} if system.label else places.keys()
    return tuple(sorted(place for title, place in places.items() if title in wanted and place not in taken))


def _first(group: Titles, places: dict[str, int]) -> int | None:
    return next((places[title] for title in group if title in places), None)
