import ByteKeys
import JSON
import PluginWire
import Support

/// Turns what a plugin asks and says into calls of the host's services.
struct ServiceDispatcher {
    private let services: any HostServices
    /// The last failure of a service, so that a plugin which passes it on does not blur it.
    var lastFailure: (sent: ErrorObject, failure: Failure)?
    /// The policy for the request that the plugin works on.
    var policy = ServicePolicy(networkRefusal: "no request is in progress", writable: [])

    init(_ services: any HostServices) {
        self.services = services
    }

    /// The failure that a plugin passes on when it answers with the error that a service gave it.
    func original(of error: ErrorObject) -> Failure? {
        guard let lastFailure, lastFailure.sent.code == error.code, lastFailure.sent.message == error.message else {
            return nil
        }
        return lastFailure.failure
    }

    /// Takes a notification; one that cannot be read says nothing, and unknown ones are ignored by rule.
    func take(_ method: String, _ message: Message) {
        switch method {
        case ABI.V1.Log.method:
            if var log = try? message.parameters(as: ABI.V1.Log.self) {
                log.message = Excerpt.text(log.message)
                services.log(log)
            }
        case ABI.V1.Progress.method:
            if let progress = try? message.parameters(as: ABI.V1.Progress.self) { services.progress(progress) }
        default: break
        }
    }

    /// Answers a request of the plugin.
    mutating func answer(_ method: String, _ message: Message, isCancelled: Bool) throws(ErrorObject) -> JSON {
        if method == ABI.V1.IsCancelled.method { return .object(["cancelled": .bool(isCancelled)]) }
        if isCancelled { throw ErrorObject(code: .cancelled, message: "the build was cancelled") }
        do {
            switch method {
            case ABI.V1.Run.method:
                let run = try message.parameters(as: ABI.V1.Run.self)
                try policy.check(run)
                return try JSONText.untyped(services.run(run))
            case ABI.V1.Fetch.method:
                let fetch = try message.parameters(as: ABI.V1.Fetch.self)
                try policy.check(fetch)
                for other in fetch.further ?? [] { try policy.check(other) }
                try services.fetch(fetch)
                return .object([:])
            case ABI.V1.ReadSetting.method:
                let name = try message.parameters(as: ABI.V1.ReadSetting.self).name
                try policy.check(setting: name)
                return try JSONText.untyped(ABI.V1.SettingValue(value: services.setting(name)))
            case ABI.V1.Sign.method:
                let sign = try message.parameters(as: ABI.V1.Sign.self)
                try policy.check(sign)
                return try JSONText.untyped(services.sign(sign))
            default:
                throw ErrorObject(code: .methodNotFound, message: "the host has no method \(method)")
            }
        } catch let error as ErrorObject {
            throw error
        } catch let failure as Failure {
            let error = ErrorObject(failure)
            lastFailure = (error, failure)
            throw error
        } catch {
            throw ErrorObject(code: .internalError, message: "\(error)")
        }
    }
}
