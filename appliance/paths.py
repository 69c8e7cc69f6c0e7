"""Every directory and file the product uses, under one root that tests replace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BOX_ROOT = Path("/var/lib/belbox")


@dataclass(frozen=True, slots=True)
class Paths:
    """The places below `root`; nothing here is created or opened."""

    root: Path

    @property
    def database(self) -> Path:
        """The office as the manager edits it, its administrators and the machine's secrets (SQLite)."""
        return self.root / "office" / "office.sqlite"

    @property
    def office_copy(self) -> Path:
        """The office that was proven last, with its secrets (TOML): what a lost database is made anew from."""
        return self.root / "office" / "office-in-force.toml"

    @property
    def claim_code(self) -> Path:
        """The one-time code that makes the first administrator; shown on the box's own screen."""
        return self.root / "office" / "claim-code"

    @property
    def session_key(self) -> Path:
        """Key of the console's session cookies."""
        return self.root / "office" / "session-key"

    @property
    def switch(self) -> Path:
        """All that the switch sees as /var/lib/belbox/switch: the generations."""
        return self.root / "switch"

    @property
    def generations(self) -> Path:
        """Compiled files, one numbered folder per apply."""
        return self.switch / "generations"

    @property
    def current_generation(self) -> Path:
        """The link to the generation in force; relative, so that it holds inside the switch's jail too."""
        return self.switch / "current"

    @property
    def generation_copy(self) -> Path:
        """A copy of the newest generation that was proven, for when the folder of generations is lost."""
        return self.root / "switch-copy"

    @property
    def apply_lock(self) -> Path:
        """Held by whoever applies; in it, when the last applies ended."""
        return self.root / "office" / "apply.lock"

    @property
    def apply_journal(self) -> Path:
        """What an apply was about to do; present only while one is under way or was cut."""
        return self.root / "office" / "apply-journal.json"

    @property
    def given_settings(self) -> Path:
        """What the console's settings last put into the switch's own store (JSON)."""
        return self.root / "office" / "given-settings.json"

    @property
    def store_replaced(self) -> Path:
        """When and why the switch's own store was replaced by an empty one, and since when that is known (JSON)."""
        return self.root / "office" / "store-replaced.json"

    @property
    def recordings(self) -> Path:
        """Prompts and music that the office recorded, as they came in."""
        return self.root / "recordings"

    @property
    def prompts(self) -> Path:
        """The office's prompts and music as the switch plays them."""
        return self.switch / "prompts"

    @property
    def authorities(self) -> Path:
        """Who may vouch for a line that speaks TLS (PEM); the switch's root has no list of its own."""
        return self.switch / "authorities.pem"

    @property
    def switch_certificate(self) -> Path:
        """The box's key and certificate in one file, as the switch shows it to phones that speak TLS."""
        return self.switch / "certificate.pem"

    @property
    def switch_state(self) -> Path:
        """The switch's own store: astdb, spool, logs, run (bound into its jail)."""
        return self.root / "switch-state"

    @property
    def switch_store(self) -> Path:
        """What the switch remembers of phones, forwards and mode keys (SQLite, Asterisk's astdb)."""
        return self.switch_state / "lib" / "astdb.sqlite3"

    @property
    def switch_logs(self) -> Path:
        """The switch's own logs."""
        return self.switch_state / "log"

    @property
    def loud_senders(self) -> Path:
        """Who tries to get in at the switch again and again (JSON)."""
        return self.run / "loud-senders.json"

    @property
    def voicemail_boxes(self) -> Path:
        """The messages that the switch keeps, a folder a box."""
        return self.switch_state / "spool" / "voicemail" / "default"

    @property
    def voicemail_mails(self) -> Path:
        """The switch's outbox: one file for each voicemail message that is to be mailed."""
        return self.switch_state / "spool" / "outmail"

    @property
    def notices(self) -> Path:
        """Our own mails that wait, such as "extension 201 is offline"."""
        return self.root / "mail" / "notices"

    @property
    def alerts(self) -> Path:
        """What is wrong with the office's telephones, and who was told."""
        return self.root / "mail" / "alerts.json"

    @property
    def presence(self) -> Path:
        """Which extensions were reachable when the monitor looked last, and who has been told (JSON)."""
        return self.root / "mail" / "presence.json"

    @property
    def phone_files(self) -> Path:
        """Static phone files, one folder per phone, named by that phone's token; nginx serves them."""
        return self.root / "phone-files"

    @property
    def firmware_files(self) -> Path:
        """Phone makers' firmware, which holds no secret: anybody may fetch it by TFTP, HTTP and HTTPS."""
        return self.root / "firmware-files"

    @property
    def firmware_catalogue(self) -> Path:
        """What those files are: for which phones, which version, with their checksums (JSON)."""
        return self.root / "provisioning" / "firmware.json"

    @property
    def firmware_rollout(self) -> Path:
        """Which phone has got new firmware, and which waits for it (JSON)."""
        return self.root / "provisioning" / "firmware-rollout.json"

    @property
    def phone_authorities(self) -> Path:
        """Certificates (PEM) of phone makers' authorities; with them a phone's own certificate proves its MAC."""
        return self.root / "phone-authorities"

    @property
    def guesses(self) -> Path:
        """Which addresses asked for one phone after another (JSON)."""
        return self.root / "provisioning" / "guesses.json"

    @property
    def enrolment(self) -> Path:
        """What the phone-facing server may hand out now: the window and the tokens still to be fetched."""
        return self.root / "provisioning" / "enrolment.json"

    @property
    def sightings(self) -> Path:
        """Phones seen on the LAN, kept by the provisioning process (SQLite)."""
        return self.root / "provisioning" / "sightings.sqlite"

    @property
    def phonebook(self) -> Path:
        """The LDAP server's configuration, its contents, and the database it makes of them."""
        return self.root / "phonebook"

    @property
    def dhcp(self) -> Path:
        """The DHCP server's configuration and its leases."""
        return self.root / "dhcp"

    @property
    def certificates(self) -> Path:
        """The box's own certificate authority and its HTTPS certificate."""
        return self.root / "certificates"

    @property
    def web_server(self) -> Path:
        """nginx's configuration and temporary folders."""
        return self.root / "web-server"

    @property
    def run(self) -> Path:
        """Sockets between our processes."""
        return self.root / "run"

    @property
    def start_report(self) -> Path:
        """What could not be made ready at the last start, and why (JSON)."""
        return self.run / "start-report.json"

    @property
    def live_state(self) -> Path:
        """What the monitor saw last (JSON): lines, phones, time of the look."""
        return self.run / "live-state.json"

    @property
    def mail_state(self) -> Path:
        """How the mails stand (JSON): what waits, what failed, and why."""
        return self.run / "mail-state.json"

    @property
    def dhcp_servers(self) -> Path:
        """Which other DHCP servers the provisioning process found last (JSON)."""
        return self.run / "dhcp-servers.json"

    @property
    def role_change(self) -> Path:
        """A change of the DHCP role on trial (JSON): what was before, and until when it must be kept."""
        return self.root / "role-change.json"

    @property
    def network_facts(self) -> Path:
        """The box's own addresses and DHCP role (TOML), written at first boot."""
        return self.root / "network.toml"
