using Distillation.Keras.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers;

/// <summary>Layers that compute on whole numbers as such, as Keras' do: 16777217 is no float32.</summary>
public sealed class WholeNumberTests
{
    private const int Large = 16777217;

    // What leaves whole numbers as they are, or takes some of them, and what makes fractions of them.
    private static IEnumerable<TestCaseData> Others()
    {
        int[] unchanged = [Large, -6, 6, 0];
        int[] positive = [Large, 0, 6, 0];
        foreach (
            (Layer layer, int[] expected) in new (Layer, int[])[]
            {
                (new Masking(2), unchanged),
                (new Masking(0.5), unchanged),
                (new Masking(-6), [Large, 0, 6, 0]),
                (new Dropout(0.5), unchanged),
                (new SpatialDropout1D(0.5), unchanged),
                (new AlphaDropout(0.5), unchanged),
                (new GaussianNoise(0.5), unchanged),
                (new GaussianDropout(0.5), unchanged),
                (new ActivityRegularization(0.1, 0.1), unchanged),
                (new Activation("linear"), unchanged),
                (new Activation("relu"), positive),
                (new ReLU(), positive),
                (new MaxPooling1D(2), [Large, 6]),
                (new MaxPooling1D(3, strides: 1, padding: "same"), [Large, Large, 6, 6]),
                (new MaxPooling1D(2, strides: 1, padding: "same"), [Large, 6, 6, 0]),
                (new GlobalMaxPooling1D(), [Large]),
            }
        )
        {
            yield return new TestCaseData(layer, expected).SetArgDisplayNames($"{layer.ClassName} {layer.Name}");
        }
    }

    [TestCaseSource(nameof(Others))]
    public void Whole_numbers_stay_such_where_nothing_makes_fractions_of_them(Layer layer, int[] expected)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using DisposeScope scope = NewDisposeScope();
        Tensor found = layer.Call(tensor(new[] { Large, -6, 6, 0 }).reshape(1, 4, 1));
        Assert.Multiple(() =>
        {
            Assert.That(found.dtype, Is.EqualTo(ScalarType.Int32));
            Assert.That(found.reshape(-1).data<int>().ToArray(), Is.EqualTo(expected));
        });
    }

    private static IEnumerable<Layer> Fractions() =>
        [
            new ReLU(negative_slope: 0.5),
            new ReLU(max_value: 2.5),
            new LeakyReLU(),
            new AveragePooling1D(2),
            new GlobalAveragePooling1D(),
            new Rescaling(2),
            new Activation("gelu"),
        ];

    [TestCaseSource(nameof(Fractions))]
    public void Fractions_are_made_in_the_type_of_the_layer(Layer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using DisposeScope scope = NewDisposeScope();
        Assert.That(layer.Call(tensor(new[] { 1, -6, 6, 0 }).reshape(1, 4, 1)).dtype, Is.EqualTo(ScalarType.Float32));
    }

    [TestCase("uint8")]
    [TestCase("int8")]
    [TestCase("int16")]
    public void Large_images_of_narrow_numbers_are_pooled(string dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        ScalarType type = Enum.Parse<ScalarType>(dtype == "uint8" ? "Byte" : dtype, ignoreCase: true);
        Tensor x = arange(200 * 200).remainder(100).reshape(1, 200, 200, 1).to(type);
        foreach (Layer layer in new Layer[] { new MaxPooling2D(2), new MaxPooling2D(2, padding: "same") })
        {
            Tensor found = layer.Call(x);
            Assert.That(found.dtype, Is.EqualTo(type));
            Assert.That(
                found[0, 0, .., 0].to(ScalarType.Int64).data<long>().ToArray(),
                Is.EqualTo(Enumerable.Range(0, 100).Select(i => 1L + (2 * i % 100)))
            );
        }
    }

    [Test]
    public void Products_of_int8_are_int32()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(
            new sbyte[,]
            {
                { 100, 100 },
            }
        );
        Tensor found = new Dot(1).CallAll([a, a])[0];
        Assert.That((found.dtype, found.item<int>()), Is.EqualTo((ScalarType.Int32, 20000)));
    }

    [Test]
    public void A_limit_keeps_whole_numbers_in_a_narrow_type()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor found = new ReLU(max_value: 100000, dtype: "mixed_float16").Call(tensor(new[] { 3001, 700000, -1 }));
        Assert.That(found.data<int>().ToArray(), Is.EqualTo(new[] { 3001, 100000, 0 }));
    }

    private sealed class Tokens(Layer embedding) : Layer(dtype: "mixed_float16")
    {
        public Layer Embedding { get; } = embedding;

        protected internal override Tensor Forward(Tensor input, CallContext context) => Embedding.Call(input);
    }

    // float16 knows no whole number between 2048 and 2050: of 3001 it makes 3000.
    [Test]
    public void Tokens_reach_a_layer_within_another_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Layer Rows() =>
            new Embedding(
                4000,
                1,
                weights: NumSharp.np.array(Enumerable.Range(0, 4000).Select(i => i % 7f).ToArray()).reshape(4000, 1),
                dtype: "float32"
            );
        Tensor ids = tensor(
            new[,]
            {
                { 3001, 17 },
            }
        );
        Layer[] around =
        [
            new TimeDistributed(Rows(), dtype: "mixed_float16"),
            new Tokens(Rows()),
            new Lambda(x => x.add(x).unsqueeze(-1), dtype: "mixed_float16"),
        ];
        double[][] found =
        [
            .. around.Select(l => l.Call(l is TimeDistributed ? ids.unsqueeze(-1) : ids).to(ScalarType.Float64).data<double>().ToArray()),
        ];
        Assert.That(found[0], Is.EqualTo(new[] { 3001 % 7.0, 17 % 7 }));
        Assert.That(found[1], Is.EqualTo(found[0]));
        Assert.That(found[2], Is.EqualTo(new[] { 6002.0, 34 }));
    }

    [Test]
    public void A_model_of_whole_numbers_takes_what_stays_whole()
    {
        using DisposeScope scope = NewDisposeScope();
        var tokens = new Input([1], dtype: "int32");
        var inner = new Model(tokens, new Embedding(8, 2).Apply(tokens));
        var ids = new Input([1], dtype: "int32");
        var model = new Model(ids, inner.Apply(new Add().Apply(ids.Output, ids.Output)));
        float[] row = inner
            .Predict(
                tensor(
                    new[,]
                    {
                        { 6 },
                    }
                )
            )
            .ToArray<float>();
        Assert.That(
            model
                .Predict(
                    tensor(
                        new[,]
                        {
                            { 3 },
                        }
                    )
                )
                .ToArray<float>(),
            Is.EqualTo(row)
        );
        Assert.That(
            () => inner.Apply(new Dropout(0.5).Apply(ids)),
            Throws.ArgumentException.With.Message.Contains("whose fractions would be cut off")
        );
    }

    [Test]
    public void Dropout_of_whole_numbers_scales_fractions_in_training()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor found = new Dropout(0.25, seed: 1).Call(ones(64, dtype: ScalarType.Int32), training: true);
        Assert.That(found.unique().Item1.data<float>().ToArray(), Is.EqualTo(new[] { 0f, 4f / 3 }).Within(1e-6));
    }

    [Test]
    public void A_model_that_ends_in_whole_numbers_predicts_and_evaluates_them()
    {
        using DisposeScope scope = NewDisposeScope();
        Input a = new([2], dtype: "int32");
        Input b = new([2], dtype: "int32");
        KerasTensor sum = new Add().Apply(a.Output, b.Output);
        Model model = new([a.Output, b.Output], [sum]);
        model.Compile("sgd", "mse", ["mae"]);
        Tensor x = tensor(
            new[,]
            {
                { Large, -6 },
                { 6, 0 },
                { 1, 1 },
            }
        );
        Tensor y = tensor(
            new[,]
            {
                { 2, 2 },
                { 2, 5 },
                { 0, 0 },
            }
        );
        Assert.Multiple(() =>
        {
            Assert.That(sum.DType, Is.EqualTo("float32"));
            Assert.That(model.Predict([x, y], batch_size: 2).ToArray<int>(), Is.EqualTo(new[] { Large + 2, -4, 8, 5, 1, 1 }));
            Assert.That(model.Evaluate([x, y], x.to(ScalarType.Float32))["mae"], Is.Not.NaN);
        });
    }

    private static IEnumerable<TestCaseData> Merges()
    {
        yield return new TestCaseData(new Add(), new[] { Large + 2, -4, 8, 5 }).SetArgDisplayNames("Add");
        yield return new TestCaseData(new Subtract(), new[] { Large - 2, -8, 4, -5 }).SetArgDisplayNames("Subtract");
        yield return new TestCaseData(new Multiply(), new[] { 2 * Large, -12, 12, 0 }).SetArgDisplayNames("Multiply");
        yield return new TestCaseData(new Maximum(), new[] { Large, 2, 6, 5 }).SetArgDisplayNames("Maximum");
        yield return new TestCaseData(new Minimum(), new[] { 2, -6, 2, 0 }).SetArgDisplayNames("Minimum");
        yield return new TestCaseData(new Concatenate(), new[] { Large, -6, 2, 2, 6, 0, 2, 5 }).SetArgDisplayNames("Concatenate");
        yield return new TestCaseData(new Dot(1), new[] { (2 * Large) - 12, 12 }).SetArgDisplayNames("Dot");
    }

    // The numbers are those of Keras 3.15.1 on NumPy; 2 * 16777217 - 12 and the like are exact there.
    [TestCaseSource(nameof(Merges))]
    public void Merges_of_whole_numbers_give_whole_numbers(Layer layer, int[] expected)
    {
        ArgumentNullException.ThrowIfNull(layer);
        using DisposeScope scope = NewDisposeScope();
        Tensor a = tensor(
            new[,]
            {
                { Large, -6 },
                { 6, 0 },
            }
        );
        Tensor b = tensor(
            new[,]
            {
                { 2, 2 },
                { 2, 5 },
            }
        );
        Tensor found = layer.CallAll([a, b])[0];
        Tensor mixed = layer.CallAll([a, b.to(ScalarType.Int64)])[0];
        Assert.Multiple(() =>
        {
            Assert.That(found.dtype, Is.EqualTo(ScalarType.Int32));
            Assert.That(found.data<int>().ToArray(), Is.EqualTo(expected));
            Assert.That(mixed.dtype, Is.EqualTo(ScalarType.Int64));
            Assert.That(mixed.data<long>().ToArray(), Is.EqualTo(expected.Select(e => (long)e)));
            Assert.That(layer.CallAll([a, b.to(ScalarType.Float32)])[0].dtype, Is.EqualTo(ScalarType.Float32));
        });
    }
}
