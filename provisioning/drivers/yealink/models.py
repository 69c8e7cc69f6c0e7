"""Yealink models: what each can do. Product numbers name the common file (SOURCES.md)."""

from __future__ import annotations

from dataclasses import dataclass

from provisioning.drivers.driver import PhoneKind, PhoneModel


@dataclass(frozen=True, slots=True, kw_only=True)
class YealinkModel(PhoneModel):
    """`product_number` stands, with leading zeros, in the name of the file all phones of a model ask for.

    `first_line`: what a key calls the first line. `shares_servers`: accounts name a server template instead of their
    servers. `is_from_before_v80`: some or all of its firmware has settings under the names they had until V80.
    """

    product_number: int
    first_line: int = 1
    shares_servers: bool = False
    is_from_before_v80: bool = False

    @property
    def common_file(self) -> str:
        """The file every phone of this model asks for before its own."""
        return f"y{self.product_number:012}.cfg"


# Beginnings of the firmware versions of models that were sold before V80.
_BEFORE_V80 = frozenset((2, 6, 7, 9, 25, 28, 29, 32, 34, 35, 36, 38, 44, 45, 46, 52, 53, 54))


def _desk(
    names: str,
    product_number: int,
    firmware: int,
    accounts: int,
    line_keys: int,
    *,
    per_page: int = 0,
    modules: tuple[int, int] = (0, 0),
    speaks_tls: bool = True,
    first_line: int = 1,
) -> YealinkModel:
    """Return a row; `names` without SIP-, `modules`: how many, and the keys of each."""
    return YealinkModel(
        name=f"SIP-{names.split()[0]}",
        also=tuple(names.split()),
        accounts=accounts,
        line_keys=line_keys,
        keys_per_page=per_page,
        modules=modules[0],
        module_keys=modules[1],
        speaks_tls=speaks_tls,
        firmware_line=f"{firmware}.",
        product_number=product_number,
        first_line=first_line,
        is_from_before_v80=firmware in _BEFORE_V80,
    )


def _dect(names: str, product_number: int, accounts: int, *, newer: bool = False, tls: bool = True) -> YealinkModel:
    name, *also = names.split()
    return YealinkModel(
        name=name,
        also=tuple(also),
        kind=PhoneKind.DECT,
        accounts=accounts,
        line_keys=0,
        speaks_tls=tls,
        firmware_line=f"{product_number}.",
        product_number=product_number,
        shares_servers=newer,
        is_from_before_v80=product_number in _BEFORE_V80,
    )


_EXP40, _EXP43, _EXP50, _EXP55 = (6, 40), (3, 60), (3, 60), (3, 60)

# Phones of the first series (T2xP, T3x, VP) speak TLS 1.0 at most; the box asks for 1.2.
MODELS = (
    _desk("T46U", 108, 108, 16, 27, per_page=9, modules=_EXP43),
    _desk("T42U", 116, 108, 12, 15, per_page=5),
    _desk("T43U", 107, 108, 12, 15, modules=_EXP43),
    _desk("T48U", 109, 108, 16, 29, modules=_EXP43),
    _desk("T44W", 174, 108, 12, 24),
    _desk("T31P T31 T31G", 123, 124, 2, 2, per_page=2),
    _desk("T31W", 172, 124, 2, 2, per_page=2),
    _desk("T33G T33P", 124, 124, 4, 12, per_page=4),
    _desk("T34W", 171, 124, 4, 12, per_page=4),
    _desk("T53W T53", 95, 96, 12, 21, per_page=7, modules=_EXP50),
    _desk("T54W", 96, 96, 16, 27, modules=_EXP50),
    _desk("T57W", 97, 96, 16, 29, modules=_EXP50),
    _desk("T58W", 150, 150, 16, 27, modules=_EXP50),
    _desk("T58A T58V T58", 58, 58, 16, 27, modules=_EXP50),
    _desk("T56A", 56, 58, 16, 27, modules=_EXP50),
    _desk("T54S", 70, 70, 16, 27, modules=_EXP50),
    _desk("T52S", 74, 70, 12, 15, modules=_EXP50),
    _desk("T73W", 183, 185, 12, 48, modules=_EXP55),
    _desk("T73U", 186, 185, 12, 48, modules=_EXP55),
    _desk("T74W", 184, 185, 16, 60, modules=_EXP55),
    _desk("T74U", 187, 185, 16, 60, modules=_EXP55),
    _desk("T77U", 188, 185, 16, 95, modules=_EXP55),
    _desk("T85W", 196, 185, 16, 72, modules=_EXP55),
    _desk("T87W", 197, 185, 16, 95, modules=_EXP55),
    _desk("T88V T88W", 192, 185, 16, 95, modules=_EXP55),
    _desk("T41S", 68, 66, 6, 15, per_page=5),
    _desk("T42S", 67, 66, 12, 15, per_page=5),
    _desk("T46S", 66, 66, 16, 27, per_page=9, modules=_EXP40),
    _desk("T48S", 65, 66, 16, 29, modules=_EXP40),
    _desk("T27G", 69, 69, 6, 21, per_page=7, modules=_EXP40),
    _desk("T29G", 46, 46, 16, 27, per_page=9),
    _desk("T27P", 45, 45, 6, 21, per_page=7),
    _desk("T40G", 76, 76, 3, 3, per_page=3),
    _desk("T40P", 54, 54, 3, 3, per_page=3),
    _desk("T41P", 36, 36, 6, 15, per_page=5),
    _desk("T42G", 29, 29, 12, 15, per_page=5),
    _desk("T46G", 28, 28, 16, 27, per_page=9),
    _desk("T48G", 35, 35, 16, 29),
    _desk("T49G", 51, 51, 16, 29),
    _desk("T23G T23P", 44, 44, 3, 3, per_page=3),
    _desk("T21P_E2", 52, 52, 2, 2, per_page=2),
    _desk("T21P", 34, 34, 2, 2, per_page=2, speaks_tls=False),
    _desk("T19P_E2", 53, 53, 1, 0),
    _desk("T28P", 0, 2, 6, 6, per_page=6, speaks_tls=False),
    _desk("T26P", 4, 6, 3, 3, per_page=3, speaks_tls=False),
    _desk("T22P", 5, 7, 3, 3, per_page=3, speaks_tls=False),
    _desk("T20P", 7, 9, 2, 2, per_page=2, speaks_tls=False),
    _desk("T32G", 32, 32, 3, 3, per_page=3, speaks_tls=False, first_line=0),
    _desk("T38G", 38, 38, 6, 6, per_page=6, speaks_tls=False, first_line=0),
    _dect("W52P W56P", 25, 5, tls=False),
    _dect("W60B W60P", 77, 8),
    _dect("W70B W73P W76P W79P", 146, 10, newer=True),
    _dect("W75B W75DM", 175, 10, newer=True),
)
