/// What a server takes before it refuses.
public struct ServerLimits: Sendable {
  /// Octets of the request target; more is 414.
  public var target = 32 << 10
  /// Octets of the header list with 32 a field (RFC 9113 §6.5.2); more is 431, and above 64 KiB the connection ends.
  public var headerList = 32 << 10
  public var streamsPerConnection = 256
  public var connections = 10_000
  /// Octets of all bodies that have arrived in part or are being handled; more is 503.
  public var bodiesInMemory = 512 << 20
  /// A connection without a request is closed after this, with GOAWAY on HTTP/2.
  public var idle: Duration = .seconds(300)
  /// From an HTTP/1.1 request's first octet to the end of its head; more is 408.
  public var head: Duration = .seconds(15)
  /// After an early refusal the rest of a body is read and dropped: this long and this many octets at most.
  public var discardTime: Duration = .seconds(2)
  public var discardOctets = 8 << 20

  static let hardHeaderList = 64 << 10

  public init() {}
}
