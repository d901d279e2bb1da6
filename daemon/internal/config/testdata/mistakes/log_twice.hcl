log {}
log {}
