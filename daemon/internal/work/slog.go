package work

import (
	"context"
	"log/slog"

	"github.com/hashicorp/go-hclog"
)

// slogHandler writes what a library logs through slog to an hclog logger.
type slogHandler struct {
	log   hclog.Logger
	least slog.Level
	group string // dotted prefix of attribute names
}

func newSlogHandler(log hclog.Logger, least slog.Level) *slogHandler {
	return &slogHandler{log: log, least: least}
}

// Enabled reports whether a record of this level is written.
func (h *slogHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.least && h.log.GetLevel() <= hclogLevel(level)
}

// Handle writes a record.
func (h *slogHandler) Handle(_ context.Context, r slog.Record) error {
	args := make([]any, 0, 2*r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		args = append(args, h.group+a.Key, a.Value.Resolve().Any())
		return true
	})
	h.log.Log(hclogLevel(r.Level), r.Message, args...)
	return nil
}

// WithAttrs returns a handler that writes the attributes with every record.
func (h *slogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	args := make([]any, 0, 2*len(attrs))
	for _, a := range attrs {
		args = append(args, h.group+a.Key, a.Value.Resolve().Any())
	}
	return &slogHandler{log: h.log.With(args...), least: h.least, group: h.group}
}

// WithGroup returns a handler that prefixes the names of attributes.
func (h *slogHandler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	return &slogHandler{log: h.log, least: h.least, group: h.group + name + "."}
}

func hclogLevel(level slog.Level) hclog.Level {
	switch {
	case level >= slog.LevelError:
		return hclog.Error
	case level >= slog.LevelWarn:
		return hclog.Warn
	case level >= slog.LevelInfo:
		return hclog.Info
	default:
		return hclog.Debug
	}
}
