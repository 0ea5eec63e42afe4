using Distillation.Keras.Layers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Preprocessing;

/// <summary>What is learned before training: in clones and files, and of what it is not learned.</summary>
public sealed class AdaptTests
{
    private static readonly string[,] Words =
    {
        { "a", "a" },
        { "a", "b" },
    };
    private static readonly long[,] Numbers =
    {
        { 7, 7 },
        { 7, 9 },
    };

    [Test]
    public void A_clone_normalizes_as_the_model_does()
    {
        float[,] x =
        {
            { 1, 20 },
            { 3, 60 },
        };
        var layer = new Normalization();
        layer.Adapt(x);
        var model = new Sequential(new Input(2), new Sequential(layer));
        Model clone = model.Clone();
        using NDArray expected = model.Predict(x);
        using NDArray found = clone.Predict(x);
        Assert.That(found.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
        Assert.That(expected.ToArray<float>(), Is.EqualTo(new float[] { -1, -1, 1, 1 }).Within(1e-6));
        Assert.That(clone.Weights.Select(w => w.Path), Is.EqualTo(model.Weights.Select(w => w.Path)));
        Assert.That(clone.CountParams(), Is.EqualTo(5));

        // Each has its own.
        layer.Adapt(
            new float[,]
            {
                { 0, 0 },
                { 8, 8 },
            }
        );
        using NDArray after = clone.Predict(x);
        Assert.That(after.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
    }

    [Test]
    public void A_clone_of_a_layer_of_ones_own_has_learned_too()
    {
        var layer = new Scaled();
        layer.Inner.Adapt(
            new float[,]
            {
                { 1 },
                { 5 },
            }
        );
        Assert.That(((Scaled)layer.CloneLayer()).Inner.Weights[0].Value.item<float>(), Is.EqualTo(3));
    }

    [Test]
    public void A_clone_weighs_words_as_the_model_does([Values] bool given, [Values] bool pads)
    {
        int? most = pads ? 6 : null;
        StringLookup lookup = given
            ? new(most, vocabulary: ["b", "a"], idf_weights: [0.5, 2], output_mode: "tf_idf", pad_to_max_tokens: pads)
            : new(most, output_mode: "tf_idf", pad_to_max_tokens: pads);
        if (!given)
        {
            lookup.Adapt(Words);
        }

        var model = new Sequential(new Input(new Shape(2), dtype: "string"), lookup);
        AssertClones(model, Words, pads ? 6 : 3);
    }

    [Test]
    public void A_clone_weighs_integers_as_the_model_does([Values] bool given, [Values] bool pads)
    {
        int? most = pads ? 6 : null;
        IntegerLookup lookup = given
            ? new(most, vocabulary: [9, 7], idf_weights: [0.5, 2], output_mode: "tf_idf", pad_to_max_tokens: pads)
            : new(most, output_mode: "tf_idf", pad_to_max_tokens: pads);
        if (!given)
        {
            lookup.Adapt(Numbers);
        }

        var model = new Sequential(new Input(new Shape(2), dtype: "int64"), lookup);
        AssertClones(model, Numbers, pads ? 6 : 3);
    }

    [Test]
    public void Weights_that_are_set_later_are_in_the_configuration()
    {
        var lookup = new StringLookup(6, vocabulary: ["a"], idf_weights: [1], output_mode: "tf_idf", pad_to_max_tokens: true);
        lookup.SetVocabulary(["b", "a"], [0.5, 2]);
        AssertClones(new Sequential(new Input(new Shape(2), dtype: "string"), lookup), Words, 6);
        Assert.That(lookup.IdfWeights, Is.EqualTo(new[] { 0.5, 2 }));
    }

    [Test]
    public void A_lookup_without_a_vocabulary_computes_nothing()
    {
        var words = new StringLookup(name: "words");
        var numbers = new IntegerLookup(invert: true);
        var model = new Sequential(new Input(new Shape(2), dtype: "string"), words, new Embedding(4, 2), new Flatten(), new Dense(1));
        model.Compile("sgd", "mse");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => words.Call(Strings.ToTensor(Words)),
                Throws.InvalidOperationException.With.Message.Contains("'words' has no vocabulary yet. Call Adapt(data)")
            );
            Assert.That(
                () => numbers.Call(ones(2, ScalarType.Int64)),
                Throws.InvalidOperationException.With.Message.Contains("Adapt(data)")
            );
            Assert.That(() => model.Predict(Words), Throws.InvalidOperationException.With.Message.Contains("'words'"));
            Assert.That(
                () =>
                    model.Fit(
                        Words,
                        new float[,]
                        {
                            { 1 },
                            { 2 },
                        },
                        verbose: 0
                    ),
                Throws.InvalidOperationException.With.Message.Contains("'words'")
            );
        }

        words.Adapt(Words);
        using NDArray found = model.Predict(Words);
        Assert.That(found.shape, Is.EqualTo(new[] { 2, 1 }));
    }

    [Test]
    public void A_vocabulary_of_unknown_words_alone_is_one()
    {
        using var folder = new TemporaryFolder();
        var lookup = new StringLookup();
        lookup.Adapt(new[] { "[UNK]" });
        var model = new Sequential(new Input(new Shape(2), dtype: "string"), lookup);
        model.Save(folder["a.keras"]);
        using NDArray found = Model.Load(folder["a.keras"]).Predict(Words);
        Assert.That(found.ToArray<long>(), Is.All.Zero);
    }

    [TestCase("a.keras", null)]
    [TestCase("a.h5", null)]
    [TestCase("a.h5", "tf_keras")]
    public void A_model_without_the_vocabulary_it_has_learned_is_not_saved(string file, string? format)
    {
        using var folder = new TemporaryFolder();
        var lookup = new StringLookup(name: "words");
        lookup.Adapt(Words);
        Model model = Model.FromJson(new Sequential(new Input(new Shape(2), dtype: "string"), lookup).ToJson());
        Assert.That(
            () => model.Save(folder[file], format: format),
            Throws.InvalidOperationException.With.Message.Contains("StringLookup 'words'").And.Message.Contains("Adapt(data)")
        );
        Assert.That(Directory.EnumerateFileSystemEntries(folder[""]), Is.Empty);
        Assert.That(() => model.Predict(Words), Throws.InvalidOperationException.With.Message.Contains("configuration"));
        ((StringLookup)model.GetLayer("words")).Adapt(Words);
        model.Save(folder["a.keras"]);
        Assert.That(() => Model.Load(folder["a.keras"]).Predict(Words).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Nothing_is_learned_from_what_is_no_number([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float bad)
    {
        ArrayLike one = new[] { 1, bad, 2, bad };
        ArrayLike several = new ArrayLike([new float[] { 1, 2 }, new[] { 3, bad }]);
        ArrayLike source = DataSource.FromBatches(_ => [new DataBatch(new double[] { 1, 2 }), new DataBatch(new double[] { 3, bad })]);
        var normalization = new Normalization(axis: NormalizationAxes.None);
        var bins = new Discretization(num_bins: 2);
        var lookup = new IntegerLookup();
        using (Assert.EnterMultipleScope())
        {
            foreach (Action<ArrayLike> adapt in (Action<ArrayLike>[])[normalization.Adapt, d => bins.Adapt(d), d => lookup.Adapt(d)])
            {
                Assert.That(() => adapt(one), Throws.ArgumentException.With.Message.Contains("2 of the 4 values of data are NaN"));
                Assert.That(() => adapt(several), Throws.ArgumentException.With.Message.Contains("1 of the 2 values of data"));
                Assert.That(() => adapt(source), Throws.ArgumentException.With.Message.Contains("1 of the 2 values of data"));
            }

            Assert.That(bins.BinBoundaries, Is.Null);
            Assert.That(lookup.VocabularySize(), Is.EqualTo(1));
        }
    }

    [TestCase(1.5, "fractions such as 1.5")]
    [TestCase(9223372036854775808.0, "whole numbers from")]
    [TestCase(-1e30, "whole numbers from")]
    public void Integers_are_not_learned_from_other_numbers(double bad, string message)
    {
        var lookup = new IntegerLookup(name: "ids");
        Assert.That(
            () => lookup.Adapt(new[] { 1, bad }),
            Throws.ArgumentException.With.Message.Contains("'ids' learns int64").And.Message.Contains(message)
        );
        Assert.That(lookup.GetVocabulary(), Is.EqualTo(new long[] { -1 }));
        lookup.Adapt(new[] { 1.0, 4 });
        Assert.That(lookup.GetVocabulary(), Is.EqualTo(new long[] { -1, 4, 1 }));
    }

    [Test]
    public void A_vocabulary_that_is_got_can_be_given()
    {
        var words = new StringLookup();
        words.Adapt(Words);
        var back = new StringLookup(vocabulary: words.GetVocabulary(), invert: true);
        Assert.That(back.ToStrings(back.Call(tensor(new long[] { 1, 2 }))), Is.EqualTo(new[] { "a", "b" }));
        var numbers = new IntegerLookup();
        numbers.Adapt(Numbers);
        using Tensor found = new IntegerLookup(vocabulary: numbers.GetVocabulary(), invert: true).Call(tensor(new long[] { 1, 2 }));
        Assert.That(found.data<long>().ToArray(), Is.EqualTo(new long[] { 7, 9 }));

        // What is got is a copy.
        words.GetVocabulary()[1] = "x";
        Assert.That(words.GetVocabulary()[1], Is.EqualTo("a"));
    }

    [TestCase("c\r", "c\\r")]
    [TestCase("c\n\u2028d", "c\\n\\u2028d")]
    public void A_token_with_a_line_break_is_shown_as_it_is(string token, string shown)
    {
        using var folder = new TemporaryFolder();
        var lookup = new StringLookup();
        lookup.Adapt(new[] { token });
        Assert.That(
            () => new Sequential(new Input(new Shape(2), dtype: "string"), lookup).Save(folder["a.keras"]),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains($"\"{shown}\" has a line break")
        );
    }

    [Test]
    public void Strings_in_an_array_of_objects_are_refused_with_what_to_give() =>
        Assert.That(
            () => new Sequential(new Input([], dtype: "string"), new StringLookup(vocabulary: ["a"])).Predict(new object[] { "a", "b" }),
            Throws.ArgumentException.With.Message.Contains("string[]")
        );

    private static void AssertClones(Model model, ArrayLike x, int width)
    {
        using NDArray expected = model.Predict(x);
        using NDArray found = model.Clone().Predict(x);
        using NDArray again = model.Clone().Clone().Predict(x);
        Assert.That(expected.shape, Is.EqualTo(new[] { 2, width }));
        Assert.That(expected.ToArray<float>().Sum(), Is.GreaterThan(0));
        Assert.That(found.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
        Assert.That(again.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
        using var folder = new TemporaryFolder();
        model.Clone().Save(folder["a.keras"]);
        using NDArray loaded = Model.Load(folder["a.keras"]).Predict(x);
        Assert.That(loaded.ToArray<float>(), Is.EqualTo(expected.ToArray<float>()));
    }

    private sealed class Scaled : Layer
    {
        public Normalization Inner { get; } = new();

        protected internal override Tensor Forward(Tensor input, CallContext context) => Inner.Call(input);
    }
}
