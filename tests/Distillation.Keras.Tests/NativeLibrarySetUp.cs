using Distillation.Keras.Backend;

namespace Distillation.Keras.Tests;

/// <summary>Loads libtorch before the first test, whose first line may be TorchSharp's and not this library's.</summary>
[SetUpFixture]
public sealed class NativeLibrarySetUp
{
    [OneTimeSetUp]
    public void Load() => NativeLibraries.EnsureLoaded();
}
