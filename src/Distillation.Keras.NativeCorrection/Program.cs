using System.Security.Cryptography;
using Distillation.Keras.Backend;

// Writes FOLDER/SHA256-OF-ORIGINAL/runtimes/linux-x64/native/NAME: TorchSharp's native library as it loads on Debian 12 and Ubuntu 22.04,
// too. The package's build targets find it by the hash of the library that would be copied otherwise.
if (args is not [var original, var folder])
{
    throw new ArgumentException("Usage: NativeCorrection ORIGINAL FOLDER");
}

byte[] bytes = File.ReadAllBytes(original);
ElfCorrection correction = TorchSharpCorrection.Correct(bytes);
if (correction.Image is not { } corrected)
{
    throw new InvalidDataException(
        $"{original} cannot be corrected. {correction.Detail} Where TorchSharp needs no correction any more, remove this tool."
    );
}

string hash = Convert.ToHexString(SHA256.HashData(bytes));
string target = Path.Combine(folder, hash, "runtimes", "linux-x64", "native", Path.GetFileName(original));
Directory.CreateDirectory(Path.GetDirectoryName(target)!);

// Moved into place and never written over: files in output folders may be hard links to the one that lies there.
string unfinished = $"{target}.{Guid.NewGuid():N}.tmp";
File.WriteAllBytes(unfinished, corrected);
File.Move(unfinished, target, overwrite: true);
