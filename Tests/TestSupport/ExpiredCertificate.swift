/// Makes `NAME.key` and `NAME.crt`, a pair whose certificate was valid in January 2020.
public func makeExpiredCertificate(_ name: String, in directory: TemporaryDirectory) throws {
    let configuration = """
        [ca]
        default_ca = test
        [test]
        database = index.txt
        serial = serial
        new_certs_dir = .
        default_md = sha256
        policy = policy
        [policy]
        commonName = supplied

        """
    try directory.write(configuration, to: "ca.conf")
    let script = """
        set -e
        : > index.txt
        echo 01 > serial
        openssl req -new -newkey rsa:2048 -nodes -subj /CN=test -keyout \(name).key -out expired.csr
        openssl ca -batch -selfsign -notext -config ca.conf -keyfile \(name).key -in expired.csr -out \(name).crt \
            -startdate 20200101000000Z -enddate 20200201000000Z
        """
    try runChecked(["sh", "-c", script], in: directory.path)
}
