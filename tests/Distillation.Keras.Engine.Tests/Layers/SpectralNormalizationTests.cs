using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Kernels that are divided by their largest singular value. Numbers are Keras'.</summary>
[TestFixture]
public sealed class SpectralNormalizationTests
{
    private readonly TemporaryFolder _folder = new();
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    [OneTimeTearDown]
    public void TearDown() => _folder.Dispose();

    [TestCase(1, new[] { -0.9154308, -1.310404, 7.685634 }, new[] { -0.4908607, -0.6994764, 2.454303 })]
    [TestCase(3, new[] { -0.9154299, -1.310381, 7.685409 }, new[] { -0.490821, -0.6994199, 2.454105 })]
    public void Training_divides_a_dense_kernel(int iterations, double[] output, double[] kernel)
    {
        SpectralNormalization layer = new(new Dense(3), iterations);
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(layer, true, [2, 4, 2]), output);
            KerasDigest.Check(layer.Weights[0].Value, kernel);
        }
    }

    [Test]
    public void Training_divides_the_kernel_of_a_convolution_and_moves_the_vector()
    {
        SpectralNormalization layer = new(new Conv1D(3, 2));
        using (Assert.EnterMultipleScope())
        {
            KerasDigest.Check(KerasDigest.Run(layer, true, [2, 4, 2]), -1.261436, -0.6456554, 5.607162);
            KerasDigest.Check(layer.Weights[0].Value, -0.4949324, -1.148243, 4.751351);
            KerasDigest.Check(layer.Weights[1].Value, -0.03926709, -0.1091553, 1.721989);
        }
    }

    [Test]
    public void Many_calls_find_the_largest_singular_value_and_inference_changes_nothing()
    {
        SpectralNormalization layer = new(new Dense(5));
        Tensor x = KerasDigest.Pattern([2, 4]);
        for (int i = 0; i < 100; i++)
        {
            layer.Call(x, training: true);
        }

        Tensor kernel = layer.Weights[0].Value.detach();
        Assert.That(linalg.svdvals(kernel)[0].item<float>(), Is.EqualTo(1).Within(1e-4));
        using Tensor before = kernel.clone();
        layer.Call(x);
        Assert.That(layer.Weights[0].Value.Matches(before), Is.True);
    }

    [Test]
    public void A_kernel_of_zeros_stays_and_so_does_the_vector()
    {
        SpectralNormalization layer = new(new Dense(3, kernel_initializer: "zeros"));
        Tensor x = ones(2, 4);
        layer.Call(x);
        Tensor vector = layer.Weights[1].Value.clone();
        Tensor y = layer.Call(x, training: true);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(y.abs().sum().item<float>(), Is.Zero);
            Assert.That(layer.Weights[1].Value.Matches(vector), Is.True);
        }
    }

    [Test]
    public void The_kernel_is_one_weight_of_both_and_counts_once()
    {
        SpectralNormalization layer = new(new Dense(3, name: "inner"), name: "outer");
        layer.Call(ones(2, 4));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                layer.Weights.Select(w => w.Path),
                Is.EqualTo((string[])["outer/inner/kernel", "outer/vector_u", "outer/inner/bias"])
            );
            Assert.That(layer.TrainableWeights.Select(w => w.Name), Is.EqualTo((string[])["kernel", "bias"]));
            Assert.That(layer.CountParams(), Is.EqualTo(18));
            layer.Trainable = false;
            Assert.That(layer.TrainableWeights, Is.Empty);
        }
    }

    [Test]
    public void A_model_is_trained_saved_and_read()
    {
        Sequential model = new(new Input(6), new SpectralNormalization(new Dense(4, "relu")), new Dense(2));
        model.Compile("adam", "mse");
        float[,] x = new float[16, 6];
        float[,] y = new float[16, 2];
        for (int i = 0; i < 16; i++)
        {
            x[i, i % 6] = 1;
            y[i, i % 2] = 1;
        }

        model.Fit(x, y, epochs: 3, verbose: 0);
        foreach (string file in (string[])["spectral.keras", "spectral.h5"])
        {
            string path = _folder[file];
            model.Save(path);
            Model read = Model.Load(path);
            Assert.That(read.Predict(x).ToArray<float>(), Is.EqualTo(model.Predict(x).ToArray<float>()).Within(1e-6), file);
        }
    }

    [Test]
    public void A_layer_without_a_kernel_and_no_iterations_are_refused()
    {
        SpectralNormalization layer = new(new Flatten());
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => layer.Call(ones(2, 3)),
                Throws.ArgumentException.With.Message.Contains("kernel or embeddings").And.Message.Contains("Flatten")
            );
            Assert.That(
                () => new SpectralNormalization(new Dense(2)).CallAll([ones(1, 2), ones(1, 2)]),
                Throws.ArgumentException.With.Message.Contains("one input")
            );
            Assert.That(() => new SpectralNormalization(new Dense(2), 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new SpectralNormalization(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("layer"));
        }
    }
}
