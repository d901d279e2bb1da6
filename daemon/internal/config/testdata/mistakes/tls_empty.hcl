tls {
  cert_file = "cert.pem"
  key_file  = " "
}
