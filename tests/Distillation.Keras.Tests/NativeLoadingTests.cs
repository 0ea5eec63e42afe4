namespace Distillation.Keras.Tests;

/// <summary>What the build targets of the package (here: of the repository) do for a program that calls TorchSharp first.</summary>
[Platform("Linux")]
public sealed class NativeLoadingTests
{
    [Test]
    public void TorchSharps_library_is_loaded_from_the_output_and_not_from_the_users_cache()
    {
        var loaded = File.ReadLines("/proc/self/maps")
            .Where(line => line.EndsWith("/libLibTorchSharp.so", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/')..])
            .Distinct()
            .ToList();
        Assert.That(loaded, Has.Count.EqualTo(1));
        Assert.That(loaded[0], Does.StartWith(AppContext.BaseDirectory));
    }
}
