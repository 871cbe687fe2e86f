package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"
)

// splitHandler sends records below Error to one handler and the rest to another, so that a log collector which only
// knows the stream still tells trouble from traffic.
type splitHandler struct {
	low, high slog.Handler
}

// newLogger writes JSON lines: levels below error to out, error and above to errs.
func newLogger(out, errs io.Writer) *slog.Logger {
	return slog.New(splitHandler{low: slog.NewJSONHandler(out, nil), high: slog.NewJSONHandler(errs, nil)})
}

func (h splitHandler) pick(level slog.Level) slog.Handler {
	if level >= slog.LevelError {
		return h.high
	}
	return h.low
}

func (h splitHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.pick(level).Enabled(ctx, level)
}

func (h splitHandler) Handle(ctx context.Context, record slog.Record) error {
	return h.pick(record.Level).Handle(ctx, record)
}

func (h splitHandler) WithAttrs(attributes []slog.Attr) slog.Handler {
	return splitHandler{low: h.low.WithAttrs(attributes), high: h.high.WithAttrs(attributes)}
}

func (h splitHandler) WithGroup(name string) slog.Handler {
	return splitHandler{low: h.low.WithGroup(name), high: h.high.WithGroup(name)}
}

// logged writes one record a request: server errors as errors, the rest as information.
func (s *service) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorder, r)
		level := slog.LevelInfo
		if recorder.status >= 500 {
			level = slog.LevelError
		}
		s.logger.Log(r.Context(), level, "request",
			"method", r.Method, "path", r.URL.Path, "status", recorder.status,
			"duration", time.Since(start).String(), "remote", r.RemoteAddr)
	})
}

// statusRecorder remembers the status that a handler sent.
type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
