package salesforce

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// parseEndpoint checks an address that secrets will be sent to: https, or http where the host is
// this machine, and nothing but scheme and host.
func parseEndpoint(name, address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("%s %q is not a URL", name, address)
	}
	switch {
	case u.Host == "" || u.Hostname() == "":
		return nil, fmt.Errorf("%s %q has no host; it looks like https://MyDomain.my.salesforce.com", name, address)
	case u.User != nil:
		return nil, fmt.Errorf("%s must not hold a user or password", name)
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("%s %q uses plain http, which is allowed only to this machine; use https", name, address)
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, fmt.Errorf("%s %q must begin with https://", name, address)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s %q must end after the host", name, address)
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}

// join puts a path with an optional query, as Salesforce handed it out, behind base untouched. A
// target that names another host is refused, for the token goes with it.
func join(base *url.URL, target string) (*url.URL, error) {
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	u, err := url.Parse(target)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return nil, fmt.Errorf("%q is not a path below %s", target, base)
	}
	u.Scheme, u.Host = base.Scheme, base.Host
	return u, nil
}
