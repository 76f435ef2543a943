import DaprClient
import JSONLog
import Synchronization
import Tokens

/// The key of bearer tokens, read by Dapr's secrets API and never from a file.
final class SigningKey: Sendable {
  static let store = "secretstore"
  static let secret = "jwt-secret"

  private let key = Mutex<JWTKey?>(nil)
  var current: JWTKey? { key.withLock { $0 } }

  /// Asks until the sidecar has answered, with a growing pause.
  func read(from dapr: DaprClient, log: Logger) async throws {
    var pause = Duration.milliseconds(50)
    while true {
      do throws(DaprError) {
        if let secret = try await dapr.secrets(Self.store).get(Self.secret)?[Self.secret],
          let key = JWTKey(secret: secret)
        {
          self.key.withLock { $0 = key }
          return
        }
        log.error("the secret store has no jwt-secret")
      } catch {
        log.debug("the key for tokens cannot be read yet", ["error": .string(error.description)])
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .seconds(2))
    }
  }
}
