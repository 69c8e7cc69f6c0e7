#!/bin/sh
mkdir -p /var/spool/asterisk/outmail && mail=$(mktemp -p /var/spool/asterisk/outmail) && cat >"$mail" && mv "$mail" "$mail.eml"
