using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>What a model keeps between calls: seeds, the optimizer's state, frozen and shared layers, types.</summary>
[NonParallelizable]
public sealed class TrainingStateTests
{
    private static float[] Weights(Model model) => [.. model.Weights.SelectMany(w => w.Value.detach().data<float>().ToArray())];

    private static (float[] Weights, double[] Losses) Run(int seed)
    {
        Keras.Utils.SetRandomSeed(seed);
        var model = new Sequential(new Input(2), new Dense(8, activation: "relu"), new Dropout(0.3), new Dense(1));
        model.Compile("adam", loss: "mse");
        History history = model.Fit(X, Y, batch_size: 3, epochs: 4, verbose: 0);
        model.TrainOnBatch(X, Y);
        return (Weights(model), [.. history["loss"]]);
    }

    [Test]
    public void One_seed_fixes_weights_shuffling_and_dropout_bit_for_bit_and_another_changes_them()
    {
        (float[] first, double[] firstLosses) = Run(7);
        (float[] second, double[] secondLosses) = Run(7);
        (float[] other, _) = Run(8);
        Assert.That(second.Select(BitConverter.SingleToInt32Bits), Is.EqualTo(first.Select(BitConverter.SingleToInt32Bits)));
        Assert.That(secondLosses, Is.EqualTo(firstLosses));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void Another_fit_goes_on_where_the_last_one_ended_with_the_optimizers_state()
    {
        static Model Fresh()
        {
            Model model = Model(compile: false);
            model.Compile(new SGD(Rate, momentum: 0.9), loss: "mse");
            return model;
        }

        Model whole = Fresh();
        whole.Fit(X, Y, batch_size: 5, epochs: 4, verbose: 0, shuffle: false);
        Model parts = Fresh();
        parts.Fit(X, Y, batch_size: 5, epochs: 2, verbose: 0, shuffle: false);
        parts.Evaluate(X, Y);
        parts.Fit(X, Y, batch_size: 5, epochs: 4, initial_epoch: 2, verbose: 0, shuffle: false);
        Assert.That(Weights(parts), Is.EqualTo(Weights(whole)));
        Assert.That(parts.Optimizer.Iterations, Is.EqualTo(8));
    }

    [Test]
    public void Compiling_again_starts_with_a_fresh_optimizer_and_keeps_the_weights()
    {
        Model model = Model(compile: false);
        model.Compile("adam", loss: "mse");
        model.Fit(X, Y, verbose: 0);
        float[] trained = Weights(model);
        model.Compile("adam", loss: "mae", metrics: ["mse"]);
        Assert.That(model.Optimizer.Iterations, Is.Zero);
        Assert.That(Weights(model), Is.EqualTo(trained));
        Assert.That(model.Evaluate(X, Y).Keys, Is.EqualTo(new[] { "loss", "mse" }));
    }

    [Test]
    public void A_frozen_layer_keeps_its_weights_and_thawed_ones_need_a_new_compile()
    {
        Model model = new Sequential(new Input(2), new Dense(3, name: "first"), new Dense(1, name: "second"));
        model.GetLayer("first").Trainable = false;
        model.Compile("adam", loss: "mse");
        float[] before = Weights(model);
        model.Fit(X, Y, verbose: 0);
        float[] after = Weights(model);
        Assert.That(after[..9], Is.EqualTo(before[..9]));
        Assert.That(after[9..], Is.Not.EqualTo(before[9..]));

        model.GetLayer("first").Trainable = true;
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.ArgumentException.With.Message.Contains("first/kernel"));
        model.Compile("adam", loss: "mse");
        model.Fit(X, Y, verbose: 0);
        Assert.That(Weights(model)[..9], Is.Not.EqualTo(before[..9]));
    }

    [Test]
    public void A_layer_frozen_after_compile_is_left_alone_from_the_next_fit_on()
    {
        Model model = new Sequential(new Input(2), new Dense(3, name: "first"), new Dense(1, name: "second"));
        model.Compile("adam", loss: "mse");
        model.Fit(X, Y, verbose: 0);
        model.GetLayer("first").Trainable = false;
        float[] before = Weights(model);
        model.Fit(X, Y, verbose: 0);
        Assert.That(Weights(model)[..9], Is.EqualTo(before[..9]));
        Assert.That(Weights(model)[9..], Is.Not.EqualTo(before[9..]));
    }

    [Test]
    public void A_model_that_is_frozen_as_a_whole_reports_and_changes_nothing()
    {
        Model model = Model();
        model.Trainable = false;
        double expected = model.Evaluate(X, Y).Loss;
        History history = model.Fit(X, Y, epochs: 2, verbose: 0);
        Assert.That(history["loss"], Is.All.EqualTo(expected).Within(1e-6));
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Layers_shared_by_two_models_are_trained_by_both()
    {
        KerasTensor input = new Input(2);
        var shared = new Dense(3, name: "shared");
        KerasTensor middle = shared.Apply(input);
        var one = new Model(input, new Dense(1, name: "one").Apply(middle));
        var two = new Model(input, new Dense(1, name: "two").Apply(middle));
        one.Compile("sgd", loss: "mse");
        two.Compile("sgd", loss: "mse");
        float[] before = Weights(two);
        one.Fit(X, Y, verbose: 0);
        Assert.That(Weights(two)[..9], Is.Not.EqualTo(before[..9]));
        Assert.That(Weights(two)[9..], Is.EqualTo(before[9..]));
        two.Fit(X, Y, verbose: 0);
        Assert.That(Weights(one)[..9], Is.EqualTo(Weights(two)[..9]));
    }

    [Test]
    public void Freezing_one_of_two_layers_of_the_same_weights_does_not_freeze_the_other()
    {
        var source = new Dense(1, name: "linear");
        var model = new Sequential(new Input(2), source);
        var copy = (Dense)source.CloneSharingWeights(new Dictionary<string, object?>());
        var other = new Sequential(new Input(2), copy);
        copy.Trainable = false;
        model.Compile("sgd", loss: "mse");
        float[] before = Weights(model);
        model.Fit(X, Y, verbose: 0);
        Assert.That(Weights(model), Is.Not.EqualTo(before));
        Assert.That(Weights(other), Is.EqualTo(Weights(model)));
        before = Weights(model);
        model.TrainOnBatch(X, Y);
        Assert.That(Weights(model), Is.Not.EqualTo(before));
        Assert.That(source.Weights[0].Value.requires_grad, Is.False, "the flag is as it was before the fit");
    }

    [Test]
    public void Weights_that_are_not_trained_get_no_gradient()
    {
        var inner = new Sequential([new Input(2), new Dense(3)], name: "inner", trainable: false);
        var model = new Sequential(new Input(2), inner, new Dense(1));
        model.Compile("sgd", loss: "mse");
        model.Fit(X, Y, verbose: 0);
        model.TrainOnBatch(X, Y);
        Assert.That(model.Weights.Select(w => w.Value.grad), Is.All.Null);
    }

    [Test]
    public void A_model_in_float64_trains()
    {
        var model = new Sequential(
            new Input(2, dtype: "float64"),
            new Dense(3, dtype: "float64", kernel_regularizer: "l2"),
            new Dense(1, dtype: "float64")
        );
        model.Compile("adam", loss: "mse", metrics: ["mae"]);
        History history = model.Fit(X, Y, epochs: 20, verbose: 0, sample_weight: Enumerable.Repeat(1.0, 10).ToArray());
        Assert.That(history["loss"][^1], Is.LessThan(history["loss"][0]));
        Assert.That(model.Weights.Select(w => w.DType), Is.All.EqualTo(float64));
        using NDArray output = model.Predict(X);
        Assert.That(output.dtype, Is.EqualTo(typeof(double)));
    }

    [Test]
    public void A_model_without_an_input_is_built_by_its_first_data()
    {
        var model = new Sequential(new Dense(1));
        model.Compile("sgd", loss: "mse");
        Assert.That(model.Fit(X, Y, verbose: 0)["loss"], Has.Count.EqualTo(1));
        Assert.That(model.Weights[0].Shape, Is.EqualTo(new Shape(2, 1)));
    }

    [Test]
    public void A_model_that_grows_after_compile_is_trained_as_it_is_now()
    {
        var model = new Sequential(new Input(2), new Dense(4));
        model.Compile("sgd", loss: "mse", metrics: ["mae"]);
        model.Evaluate(X, zeros(10, 4));
        model.Add(new Reshape((2, 2)));
        Assert.That(() => model.Evaluate(X, zeros(10, 2, 2)), Throws.Nothing);
        Assert.That(() => model.Evaluate(X, zeros(10, 5, 5)), Throws.ArgumentException);
    }

    [Test]
    public void A_released_model_says_so_and_its_optimizer_too()
    {
        Model model = Model();
        model.Fit(X, Y, verbose: 0);
        model.Release();
        Assert.That(() => model.Predict(X), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => model.Fit(X, Y, verbose: 0), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => model.Optimizer.Variables, Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(model.Release, Throws.Nothing);
        Assert.That(model.Optimizer.GetConfig()["learning_rate"]!.GetValue<double>(), Is.EqualTo(Rate).Within(1e-7));
    }
}
