import CCrypto

/// Hashes of whole messages (FIPS 180-4).
public enum Digest {
  /// 32 octets.
  public static func sha256(_ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
      SHA256(message, message.count, digest.baseAddress)
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }

  /// 20 octets. Broken for signatures; here for UUIDs made from names, which rest on it.
  static func sha1(_ message: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA_DIGEST_LENGTH)) { digest, count in
      SHA1(message, message.count, digest.baseAddress)
      count = Int(SHA_DIGEST_LENGTH)
    }
  }
}

/// Message authentication with a shared key (RFC 2104).
public enum HMAC {
  /// HMAC-SHA-256: 32 octets.
  public static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { code, count in
      var length: UInt32 = 0
      // OpenSSL takes a null key to mean the key of the call before, which an empty array might look like.
      _ = key.withUnsafeBufferPointer { key in
        withUnsafePointer(to: 0 as UInt8) { none in
          CCrypto.HMAC(
            EVP_sha256(), key.baseAddress ?? none, Int32(key.count), message, message.count, code.baseAddress, &length)
        }
      }
      count = Int(length)
    }
  }

  /// Whether two secrets are equal, in a time that tells nothing of where they differ; their lengths are no secret.
  public static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
  }
}
