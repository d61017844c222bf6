# Digests and ciphers of a known text, signatures, certificates, and TLS 1.3 with itself.
head -c 1000000 /dev/zero >zero
for d in md5 sha1 sha256 sha512 sha3-256 blake2b512 sm3; do
	openssl dgst -r -$d zero | cut -c1-32
done
key=00112233445566778899aabbccddeeff
for c in aes-128-cbc aes-128-ctr chacha20 camellia-128-cbc; do
	k=$key; [ $c != chacha20 ] || k=$key$key
	openssl enc -$c -K $k -iv 000102030405060708090a0b0c0d0e0f -in zero -out coded
	echo $c "$(md5sum <coded | cut -c1-32)"
	openssl enc -d -$c -K $k -iv 000102030405060708090a0b0c0d0e0f -in coded | cmp - zero
done

openssl genpkey -quiet -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out rsa.pem
openssl genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256 -out ec.pem
openssl genpkey -algorithm ed25519 -out ed.pem
for k in rsa ec ed; do
	openssl pkey -in $k.pem -pubout -out $k.pub
	openssl pkeyutl -sign -inkey $k.pem -rawin -in run.sh -out $k.sig
	openssl pkeyutl -verify -pubin -inkey $k.pub -rawin -in run.sh -sigfile $k.sig
	openssl pkeyutl -verify -pubin -inkey $k.pub -rawin -in zero -sigfile $k.sig || true
done

openssl req -x509 -new -key ec.pem -subj /CN=authority -days 2 -out ca.pem
openssl req -new -key rsa.pem -subj /CN=localhost -out server.csr
openssl x509 -req -in server.csr -CA ca.pem -CAkey ec.pem -days 2 -out server.pem 2>/dev/null
openssl verify -CAfile ca.pem server.pem
openssl s_server -quiet -accept 127.0.0.1:4433 -cert server.pem -key rsa.pem -tls1_3 -www >server.log 2>&1 &
server=$!
i=0
until openssl s_client -connect 127.0.0.1:4433 </dev/null >/dev/null 2>&1; do
	i=$((i+1)); [ $i -lt 600 ]; sleep 0.1
done
for suite in TLS_AES_128_GCM_SHA256 TLS_CHACHA20_POLY1305_SHA256; do
	printf 'GET / HTTP/1.0\r\n\r\n' | openssl s_client -connect 127.0.0.1:4433 -CAfile ca.pem -verify_return_error \
		-servername localhost -ciphersuites $suite -ign_eof 2>/dev/null >answer
	grep -a -o -m 1 -e 'New, TLSv1.3, Cipher is .*' answer
	grep -a -o -m 1 -e 'Verify return code: 0 (ok)' answer
	grep -a -o -m 1 -e 'HTTP/1.0 200 ok' answer
done
kill $server
openssl speed -seconds 1 -bytes 8192 -evp aes-128-gcm 2>/dev/null | awk '/^AES/ {sub("k", "", $2); printf "note: AES-128-GCM %.0f MB/s\n", $2 / 1000}'
