// Package config reads reportsyncd.hcl, the daemon's settings.
//
// [Load] parses the file, checks every value and fills in what was left out from the environment that systemd or a
// shell gives. Everything that is wrong is reported at once, each mistake with its file, line and column. No file at
// all is fine: [Default] is what a daemon on a developer's machine runs with.
//
// Relative paths in the file are meant from the file's own folder, so that it means the same wherever the daemon is
// started.
package config
