package auth

import (
	"crypto/hkdf"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/big"
	"sync"

	"github.com/golang-jwt/jwt/v5"
)

// exponent is of the org's public key.
const exponent = 65537

// signer holds the key that the org signs JWTs with. The key follows from the
// seed, and is made when it is first needed: that takes a while.
type signer struct {
	key func() *rsa.PrivateKey
	id  string
}

func newSigner(seed uint64, org string) *signer {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], seed)
	secret := append(number[:], org...)
	id := sha256.Sum256(append([]byte("kid"), secret...))
	return &signer{
		key: sync.OnceValue(func() *rsa.PrivateKey { return derive(secret) }),
		id:  base64.RawURLEncoding.EncodeToString(id[:8]),
	}
}

// derive makes an RSA key out of a secret. The library's own generator takes no
// seed.
func derive(secret []byte) *rsa.PrivateKey {
	p, q := prime(secret, "p"), prime(secret, "q")
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: exponent},
		D:         new(big.Int).ModInverse(big.NewInt(exponent), phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	if err := key.Validate(); err != nil {
		panic(fmt.Errorf("derive the org's key: %w", err)) // prime() makes primes that fit
	}
	return key
}

// prime finds the first prime at or after a number derived from the secret that
// leaves the exponent invertible.
func prime(secret []byte, purpose string) *big.Int {
	bytes, err := hkdf.Key(sha256.New, secret, nil, purpose, minKeyBits/16)
	if err != nil {
		panic(fmt.Errorf("derive a prime: %w", err)) // only lengths it cannot give fail
	}
	bytes[0] |= 0xC0 // so that the product has all its bits
	bytes[len(bytes)-1] |= 1
	n, two, one := new(big.Int).SetBytes(bytes), big.NewInt(2), big.NewInt(1)
	for {
		rest := new(big.Int).Mod(new(big.Int).Sub(n, one), big.NewInt(exponent))
		if rest.Sign() != 0 && n.ProbablyPrime(20) {
			return n
		}
		n.Add(n, two)
	}
}

// sign makes a JWT.
func (s *signer) sign(claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = s.id
	text, err := token.SignedString(s.key())
	if err != nil {
		panic(fmt.Errorf("sign JWT: %w", err)) // the claims are this package's own
	}
	return text
}

// jwk is a public key as /id/keys lists it.
type jwk struct {
	Type     string `json:"kty"`
	Use      string `json:"use"`
	Method   string `json:"alg"`
	ID       string `json:"kid"`
	Modulus  string `json:"n"`
	Exponent string `json:"e"`
}

func (s *signer) public() jwk {
	key := s.key().PublicKey
	return jwk{
		Type: "RSA", Use: "sig", Method: "RS256", ID: s.id,
		Modulus:  base64.RawURLEncoding.EncodeToString(key.N.Bytes()),
		Exponent: base64.RawURLEncoding.EncodeToString(big.NewInt(exponent).Bytes()),
	}
}
