using System.Runtime.CompilerServices;
using Distillation.Keras;
using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;

// Before the runtime has looked at anything of the library: the methods below are compiled when they are called.
using var first = torch.tensor(new[] { 1f, 2f, 3f });
Console.WriteLine($"C#: {first.sum().item<float>()}");
Distil();
UseArrays();

[MethodImpl(MethodImplOptions.NoInlining)]
static void Distil()
{
    const int samples = 64;
    const int features = 4;
    const int classes = 3;

    // The class is the place of the largest of the first three features.
    var random = new Random(1);
    var x = new float[samples, features];
    var y = new float[samples, classes];
    for (var i = 0; i < samples; i++)
    {
        for (var j = 0; j < features; j++)
            x[i, j] = random.NextSingle();
        var row = i;
        y[i, Enumerable.Range(0, classes).MaxBy(j => x[row, j])] = 1;
    }

    var teacher = new Sequential(new Input(4), new Dense(8, activation: "relu"), new Dense(3, activation: "softmax"));
    teacher.Compile(optimizer: "adam", loss: "categorical_crossentropy");
    teacher.Fit(x, y, epochs: 1, verbose: 0);

    var result = new Distiller(teacher).WithTemperature(5).Fit(x, y, epochs: 1, verbose: 0);

    using var probabilities = result.Student.Predict(x);
    Console.WriteLine($"C#: probabilities ({string.Join(", ", probabilities.shape)})");
    if (!probabilities.shape.SequenceEqual([samples, classes]))
        throw new InvalidOperationException($"The shape is to be ({samples}, {classes}).");
    for (var i = 0; i < samples; i++)
    {
        var sum = Enumerable.Range(0, classes).Sum(j => (double)probabilities.GetSingle(i, j));
        if (!(Math.Abs(sum - 1) < 1e-5))
            throw new InvalidOperationException($"Row {i} sums to {sum}, not to 1.");
    }
}

// Arrays as people write with them, of which NumSharp's analyzer would warn (NDW012, NDW016, NDW017).
[MethodImpl(MethodImplOptions.NoInlining)]
static void UseArrays()
{
    var data = new Data(np.ones(new long[] { 64, 4 }));
    var changed = data.X["0:8"] + data.X["8:16"] * 2;
    Console.WriteLine($"C#: arrays ({string.Join(", ", changed.shape)}), {new Kept(data.X).Size}");
}

internal sealed class Data(NDArray x)
{
    public NDArray X { get; } = x * 2;
}

internal sealed class Kept(NDArray x) : IDisposable
{
    private readonly NDArray _twice = x * 2;

    public long Size => _twice.size;

    public void Dispose() { }
}
