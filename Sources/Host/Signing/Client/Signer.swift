import Execution
import Glibc
import JSON
public import SigningWire
public import Support
import Synchronization
import System

/// Has `mkosi-sign` make signatures: a process that is started for the first one and ends with the host.
///
/// It may be used from several threads; requests are made one after the other.
public final class Signer: Sendable {
    private let program: String
    private let environment: [String]
    private let process = Mutex<Process?>(nil)

    /// - Parameters:
    ///   - installation: Has the program.
    ///   - environment: The caller's variables, `NAME=value`: they configure OpenSSL and modules of PKCS #11.
    public init(_ installation: Installation, environment: [String]) {
        program = installation.sign
        self.environment = environment
    }

    /// Makes a request and waits for the answer, which may wait for a person.
    ///
    /// - Throws: the sentence that `mkosi-sign` answers, with its hint.
    public func answer(_ request: SigningRequest) throws(Failure) -> SigningAnswer {
        let answer = try process.withLock { process throws(Failure) in
            do throws(SystemCallError) {
                if let process { return try process.answer(request) }
                let started = try Process(program, environment)
                process = started
                return try started.answer(request)
            } catch {
                process = nil
                throw Failure(.system, "Cannot sign: the program \(program) does not answer", cause: error)
            }
        }
        if let error = answer.error { throw Failure(.configuration, error, hint: answer.hint) }
        return answer
    }

    /// The running program, used only with the lock held.
    private final class Process: @unchecked Sendable {
        private var child: ChildProcess
        private let input: Descriptor
        private let output: Descriptor
        private var lines = LineBuffer()

        init(_ program: String, _ environment: [String]) throws(SystemCallError) {
            var childInput: Descriptor?
            var input: Descriptor?
            var output: Descriptor?
            var childOutput: Descriptor?
            try Descriptor.pipe().split(&childInput, &input)
            try Descriptor.pipe().split(&output, &childOutput)
            guard let childInput, let childOutput, let input, let output else {
                throw SystemCallError("pipe2", program, errno: EBADF)
            }
            // Modules of PKCS #11 print URIs with their PINs; what matters is in the answers.
            let nowhere = try Descriptor.open("/dev/null", O_WRONLY)
            var plan = ChildProcess.Plan(
                path: program,
                arguments: [],
                environment: environment,
                descriptors: [childInput.number, childOutput.number, nowhere.number]
            )
            // In a group of its own it could not ask at the terminal (credentials(7)).
            plan.newGroup = false
            child = try ChildProcess(plan)
            self.input = input
            self.output = output
        }

        func answer(_ request: SigningRequest) throws(SystemCallError) -> SigningAnswer {
            guard let text = try? JSONText.encode(request) else { throw SystemCallError("write", "", errno: EINVAL) }
            try input.write(text + [UInt8(ascii: "\n")])
            while true {
                if let line = lines.next() {
                    if let answer = try? JSONText.decode(SigningAnswer.self, from: line) { return answer }
                    throw SystemCallError("read", "the answer", errno: EBADMSG)
                }
                let count = lines.append(1 << 14) { read(output.number, $0.baseAddress, $0.count) }
                if count < 0, errno == EINTR { continue }
                if count <= 0 { throw SystemCallError("read", "the answer", errno: count < 0 ? errno : EPIPE) }
            }
        }
    }
}
