using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Layers.Preprocessing;

/// <summary>Vocabularies, strings in models, and files of both.</summary>
public sealed class LookupTests
{
    private static readonly string[] Kinds = ["cat", "dog", "cat", "eel", "dog", "cat"];
    private static readonly float[,] Ages =
    {
        { 1 },
        { 2 },
        { 3 },
        { 4 },
        { 5 },
        { 6 },
    };
    private static readonly float[,] Targets =
    {
        { 1 },
        { 0 },
        { 1 },
        { 2 },
        { 0 },
        { 1 },
    };

    // Of Google's own implementation in C++.
    [TestCase("", 11160318154034397263)]
    [TestCase("ab", 12289600257749001502)]
    [TestCase("abcd", 1897425971756105985ul)]
    [TestCase("abcdefgh", 18368443631171807497)]
    [TestCase("0123456789abcdefg", 12024047538191061578)]
    [TestCase("0123456789abcdef0123456789abcdef0", 4799579869226630476ul)]
    [TestCase("żółć", 15980969184093841054)]
    public void The_hash_is_FarmHash(string text, ulong expected) =>
        Assert.That(FarmHash64.Of(StringTensors.Bytes(text)), Is.EqualTo(expected));

    [TestCase(64, 6916188127298655160ul)]
    [TestCase(65, 4935023790501551929ul)]
    [TestCase(128, 5868382771906808855ul)]
    [TestCase(192, 2861756950047880986ul)]
    [TestCase(200, 13938988265971950527)]
    public void The_hash_of_long_texts_is_FarmHash(int length, ulong expected) =>
        Assert.That(FarmHash64.Of(StringTensors.Bytes(new string('x', length))), Is.EqualTo(expected));

    [Test]
    public void Several_numbers_for_unknown_words_are_chosen_by_the_hash()
    {
        var layer = new StringLookup(num_oov_indices: 7, vocabulary: ["known"]);
        using Tensor words = Strings.ToTensor(new[] { "ab", "abcdefgh", "known" });
        using Tensor numbers = layer.Call(words);
        long[] expected = [(long)(12289600257749001502 % 7), (long)(18368443631171807497 % 7), 7];
        Assert.That(numbers.data<long>().ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public void The_most_frequent_words_come_first_and_equal_ones_in_reverse()
    {
        var layer = new StringLookup(max_tokens: 4, mask_token: "");
        layer.Adapt(
            new[,]
            {
                { "b", "a", "" },
                { "c", "a", "[UNK]" },
            }
        );
        Assert.That(layer.GetVocabulary(), Is.EqualTo(new[] { "", "[UNK]", "a", "c" }));
        Assert.That(layer.GetVocabulary(include_special_tokens: false), Is.EqualTo(new[] { "a", "c" }));
        Assert.That(layer.VocabularySize(), Is.EqualTo(4));
    }

    [Test]
    public void Documents_weigh_words()
    {
        var layer = new StringLookup(output_mode: "tf_idf");
        layer.Adapt(
            new[,]
            {
                { "a", "a" },
                { "a", "b" },
            }
        );
        using Tensor words = Strings.ToTensor(
            new[,]
            {
                { "a", "a" },
                { "b", "z" },
            }
        );
        using Tensor rows = layer.Call(words);
        double a = Math.Log(1 + (2 / 3.0));
        double b = Math.Log(1 + (2 / 2.0));
        Assert.That(rows.data<float>().ToArray(), Is.EqualTo(new[] { 0, 2 * a, 0, (a + b) / 2, 0, b }).Within(1e-6));
    }

    [Test]
    public void Integers_are_found_masked_and_inverted()
    {
        var layer = new IntegerLookup(vocabulary: [12, 36], mask_token: 0, num_oov_indices: 2);
        using Tensor x = tensor(new long[] { 36, 0, 7, -1, long.MinValue });
        using Tensor numbers = layer.Call(x);
        Assert.That(numbers.data<long>().ToArray(), Is.EqualTo(new long[] { 4, 0, 2, 2, 1 }));
        using Tensor back = new IntegerLookup(vocabulary: [12, 36], invert: true).Call(tensor(new long[] { 1, 2, 0, 9, -5 }));
        Assert.That(back.data<long>().ToArray(), Is.EqualTo(new long[] { 12, 36, -1, -1, -1 }));
    }

    [Test]
    public void A_model_learns_from_words_and_numbers_by_name()
    {
        Utils.SetRandomSeed(3);
        Model model = Table(out _);
        model.Compile("adam", "mse");
        var x = new Dictionary<string, ArrayLike> { ["kind"] = Kinds, ["age"] = Ages };
        History history = model.Fit(x, Targets, epochs: 300, batch_size: 2, verbose: 0, shuffle: true, validation_split: 0.34);
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0] / 2));
        double loss = model.Evaluate(x, Targets, verbose: 0)["loss"];
        using NDArray one = model.Predict(x, batch_size: 4);
        using NDArray other = model.Predict(new ArrayLike([Ages, Kinds]));
        Assert.That(double.IsFinite(loss));
        Assert.That(one.ToArray<float>(), Is.EqualTo(other.ToArray<float>()).Within(1e-6));
    }

    [Test]
    public void A_source_gives_words()
    {
        Model model = Table(out _);
        model.Compile("adam", "mse");
        var x = new Dictionary<string, ArrayLike> { ["kind"] = Kinds, ["age"] = Ages };
        Assert.That(() => model.Fit(DataSource.FromBatches(_ => [new DataBatch(x, Targets)]), verbose: 0), Throws.Nothing);
    }

    [Test]
    public void A_learned_vocabulary_is_kept_by_a_keras_file_alone()
    {
        using var folder = new TemporaryFolder();
        Model model = Table(out StringLookup lookup);
        var x = new Dictionary<string, ArrayLike> { ["kind"] = Kinds, ["age"] = Ages };
        string path = folder["table.keras"];
        model.Save(path);
        Model loaded = Model.Load(path);
        using NDArray before = model.Predict(x);
        using NDArray after = loaded.Predict(x);
        Assert.That(after.ToArray<float>(), Is.EqualTo(before.ToArray<float>()));
        Assert.That(((StringLookup)loaded.GetLayer(lookup.Name)).GetVocabulary(), Is.EqualTo(lookup.GetVocabulary()));
        Assert.That(
            () => model.Save(folder["table.h5"]),
            Throws.TypeOf<NotSupportedException>().With.Message.Contains("no place for a vocabulary")
        );
    }

    [Test]
    public void Weights_of_words_are_kept_by_a_keras_file()
    {
        using var folder = new TemporaryFolder();
        var lookup = new StringLookup(output_mode: "tf_idf");
        lookup.Adapt(Kinds);
        var input = new Input(new Shape(2), dtype: "string");
        var model = new Model(input, lookup.Apply(input));
        string path = folder["words.keras"];
        model.Save(path);
        string[,] x =
        {
            { "cat", "dog" },
            { "owl", "eel" },
        };
        using NDArray before = model.Predict(x);
        using NDArray after = Model.Load(path).Predict(x);
        Assert.That(after.ToArray<float>(), Is.EqualTo(before.ToArray<float>()));
        Assert.That(before.ToArray<float>().Sum(), Is.GreaterThan(0));
    }

    [Test]
    public void Strings_come_out_as_strings()
    {
        var input = new Input(new Shape(2), dtype: "int64");
        var lookup = new StringLookup(vocabulary: ["a", "b"], invert: true);
        var model = new Model(input, lookup.Apply(input));
        long[,] x =
        {
            { 1, 2 },
            { 0, 7 },
        };
        Assert.That(
            model.PredictStrings(x),
            Is.EqualTo(
                new[,]
                {
                    { "a", "b" },
                    { "[UNK]", "[UNK]" },
                }
            )
        );
        Assert.That(
            lookup.ToStrings(lookup.Call(tensor(x))),
            Is.EqualTo(
                new[,]
                {
                    { "a", "b" },
                    { "[UNK]", "[UNK]" },
                }
            )
        );
        Assert.That(() => model.Predict(x), Throws.InvalidOperationException.With.Message.Contains("PredictStrings"));
    }

    // libtorch reads a complex number with instructions that fault at other addresses, where managed arrays may lie.
    [Test]
    public void Strings_lie_at_multiples_of_sixteen_bytes()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] remainders =
        [
            .. Enumerable
                .Range(1, 40)
                .Select(n => view_as_real(Strings.ToTensor(Enumerable.Repeat("a", n).ToArray())))
                .Select(t => (long)Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(t.bytes)) % 16),
        ];
        Assert.That(remainders, Is.All.Zero);
    }

    [Test]
    public void No_layer_computes_on_strings()
    {
        var input = new Input(new Shape(2), dtype: "string");
        using Tensor words = Strings.ToTensor(
            new[,]
            {
                { "a", "b" },
            }
        );
        var numbers = new Sequential(new Input(2), new Dense(1));
        var text = new Sequential(new Input(new Shape(2), dtype: "string"), new StringLookup(vocabulary: ["a"]));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => new Dense(1).Apply(input), Throws.ArgumentException.With.Message.Contains("StringLookup"));
            Assert.That(() => new Flatten().Call(words), Throws.ArgumentException.With.Message.Contains("StringLookup"));
            Assert.That(
                () =>
                    numbers.Predict(
                        new[,]
                        {
                            { "a", "b" },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("strings")
            );
            Assert.That(() => numbers.Call(words), Throws.ArgumentException.With.Message.Contains("strings"));
            Assert.That(() => numbers.Apply(input), Throws.ArgumentException.With.Message.Contains("strings"));
            Assert.That(
                () =>
                    text.Predict(
                        new float[,]
                        {
                            { 1, 2 },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("numbers")
            );
            Assert.That(() => text.Call(ones(1, 2)), Throws.ArgumentException.With.Message.Contains("numbers"));
            Assert.That(
                () => new StringLookup(vocabulary: ["a"]).Call(ones(1)),
                Throws.ArgumentException.With.Message.Contains("takes strings")
            );
            Assert.That(() => new StringLookup(vocabulary: ["a"]).Apply(new Input(1)), Throws.ArgumentException);
            Assert.That(
                () =>
                    text.Predict(
                        new[,]
                        {
                            { "a", null! },
                        }
                    ),
                Throws.ArgumentException.With.Message.Contains("null")
            );
        }
    }

    [Test]
    public void What_does_not_go_together_is_refused()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                () => new StringLookup(vocabulary: ["a", "b", "a"]),
                Throws.ArgumentException.With.Message.Contains("more than once: a")
            );
            Assert.That(
                () => new StringLookup(max_tokens: 2, vocabulary: ["a", "b"]),
                Throws.ArgumentException.With.Message.Contains("makes 3")
            );
            Assert.That(
                () => new StringLookup(mask_token: "", vocabulary: ["a", ""]),
                Throws.ArgumentException.With.Message.Contains("elsewhere")
            );
            Assert.That(() => new StringLookup(invert: true, output_mode: "count"), Throws.ArgumentException);
            Assert.That(() => new StringLookup(output_mode: "tf_idf", vocabulary: ["a"]), Throws.ArgumentException);
            Assert.That(() => new StringLookup(salt: [1, 2]), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => new StringLookup(vocabulary: ["a"]).Adapt(Kinds), Throws.InvalidOperationException);
            Assert.That(
                () => new IntegerLookup(vocabulary: [1], num_oov_indices: 0).Call(tensor(new long[] { 2 })),
                Throws.ArgumentException.With.Message.Contains("num_oov_indices=1")
            );
            Assert.That(
                () => new StringLookup(output_mode: "count").ComputeOutputShape((null, 2)),
                Throws.InvalidOperationException.With.Message.Contains("Adapt(data)")
            );
        }
    }

    private static Model Table(out StringLookup lookup)
    {
        var kind = new Input(new Shape(1), dtype: "string", name: "kind");
        var age = new Input(new Shape(1), name: "age");
        lookup = new StringLookup(output_mode: "one_hot");
        lookup.Adapt(Kinds);
        KerasTensor joined = new Concatenate().Apply(lookup.Apply(kind), age);
        return new Model(new Dictionary<string, KerasTensor> { ["kind"] = kind, ["age"] = age }, new Dense(1).Apply(joined));
    }
}
