using Distillation.Keras.Backend;
using TorchSharp;

NativeLibraries.EnsureLoaded();
using var ones = torch.ones(3, 4);
using var sum = ones.sum();
Console.WriteLine($"C#: {sum.item<float>()}");
if (sum.item<float>() is not 12)
    throw new InvalidOperationException("The sum is to be 12.");
