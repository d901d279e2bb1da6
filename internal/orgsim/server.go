package orgsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// headerTimeout is how long a client may take to send its request line and
// headers.
const headerTimeout = 30 * time.Second

// Server is an org, or a login host, that listens.
type Server struct {
	server   *http.Server
	listener net.Listener
	end      func() // ends background work
	done     sync.WaitGroup
	err      error // of serving; read after done
}

// Start listens on an address such as 127.0.0.1:0 and serves the org there until
// [Server.Stop].
func Start(org *Org, address string) (*Server, error) {
	s, err := listen(org.running, org, address)
	if err != nil {
		return nil, err
	}
	named := org.listening(s.listener.Addr())
	s.end = func() {
		org.Close()
		org.url.CompareAndSwap(named, nil) // unless it was given another meanwhile
	}
	s.serve()
	return s, nil
}

// StartLogin is [Start] for a login host.
func StartLogin(host *LoginHost, address string) (*Server, error) {
	s, err := listen(context.Background(), host, address)
	if err != nil {
		return nil, err
	}
	s.end = host.Close
	s.serve()
	return s, nil
}

func listen(ctx context.Context, handler http.Handler, address string) (*Server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	// The org itself answers 431, beyond its own limit.
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout, MaxHeaderBytes: web.MaxHeaderBytes}
	return &Server{server: server, listener: listener}, nil
}

func (s *Server) serve() {
	s.done.Go(func() {
		if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
			s.err = fmt.Errorf("serve org: %w", err)
		}
	})
}

// URL is where the server is reached; where it listens on every address, the
// loopback one, which this machine's programs reach.
func (s *Server) URL() string {
	address := s.listener.Addr()
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return "http://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return "http://" + address.String()
}

// Stop ends the org's background work, lets requests under way finish until the
// context ends, and waits. It may be called twice.
func (s *Server) Stop(ctx context.Context) error {
	s.end()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("shut down org: %w", err), s.server.Close())
	}
	s.done.Wait()
	s.end() // a last request may have started a job
	return errors.Join(err, s.err)
}
