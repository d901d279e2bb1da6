package daemon

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// Bounds of the HTTP server. A stalled client must not hold a connection for ever.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = api.MaxRunWait + time.Minute // requests for a run may be kept waiting
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10

	// settleTime is how long requests under way may take once the daemon stops; then their contexts end.
	settleTime = 3 * time.Second
)

// listen serves the config API and writes its URL to the state folder.
func (d *Daemon) listen(ctx context.Context, handler http.Handler) error {
	certificate, err := d.certificate()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.cfg.Listen)
	if err != nil {
		return reportsync.Errorf(reportsync.CodeUnavailable, "can't listen on %s: %w", d.cfg.Listen, err).
			WithHint("another program may have the port: give listen another one, or port 0 for any that is free")
	}
	d.url = "http://" + reachable(listener.Addr())
	if certificate != nil {
		d.url = "https://" + reachable(listener.Addr())
		listener = tls.NewListener(listener, certificate)
	}
	d.serve(ctx, listener, handler)
	file := EndpointFile(d.cfg.StateDir)
	if err := writeFile(file, d.url+"\n", 0o644); err != nil {
		return err
	}
	d.stop.onStop("remove the endpoint file", func(context.Context) error {
		if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	return nil
}

// serving is the goroutine that answers requests.
type serving struct {
	ended chan struct{} // closed once it has ended by itself
	why   error         // what ended it; set before ended is closed
}

// healthy fails once the config API has ended by itself: nobody can reach the daemon then.
func (s *serving) healthy() error {
	select {
	case <-s.ended:
		return fmt.Errorf("the config API has stopped: %w", s.why)
	default:
		return nil
	}
}

// serve answers requests until the daemon stops.
func (d *Daemon) serve(ctx context.Context, listener net.Listener, handler http.Handler) {
	requests, end := context.WithCancel(context.WithoutCancel(ctx))
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ErrorLog:          d.log.Named("http").StandardLogger(&hclog.StandardLoggerOptions{ForceLevel: hclog.Debug}),
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := srv.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("the config API has stopped", "error", err)
			d.serving.why = err
			close(d.serving.ended)
		}
	})
	d.stop.onStop("stop the config API", func(ctx context.Context) error {
		// A request that waits for a run's progress would wait its time out.
		defer time.AfterFunc(settleTime, end).Stop()
		err := srv.Shutdown(ctx)
		end()
		if err != nil {
			err = errors.Join(err, srv.Close())
		}
		running.Wait()
		return err
	})
}

// certificate loads the key pair, nil for plain http.
func (d *Daemon) certificate() (*tls.Config, error) {
	if d.cfg.TLS == nil {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(d.cfg.TLS.CertFile, d.cfg.TLS.KeyFile)
	if err != nil {
		return nil, reportsync.Errorf(reportsync.CodeInvalid, "can't load the certificate of the config API: %w", err).
			WithHint("tls.cert_file must hold the certificate and its chain, tls.key_file its private key, both as PEM")
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
}

// reachable names an address that a client of this machine can connect to.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	_, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	return net.JoinHostPort("127.0.0.1", port)
}
