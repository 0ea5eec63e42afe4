using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using TorchSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>A step takes its own gradients and no others, and says so where it can take none.</summary>
public sealed class GradientStateTests
{
    // What a user's own backward pass leaves in grad.
    private static void Backward(Model model)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (Variable weight in model.Weights)
        {
            weight.Value.grad = ones_like(weight.Value);
        }
    }

    [Test]
    public void Gradients_of_a_users_own_backward_pass_are_not_added_to_a_step()
    {
        Model model = Model();
        var byHand = new LinearProblem();
        Backward(model);
        model.TrainOnBatch(X, Y);
        byHand.Epoch(0, 10, 10);
        Backward(model);
        model.Fit(X, Y, batch_size: 10, verbose: 0, shuffle: false);
        byHand.Epoch(0, 10, 10);
        byHand.AssertWeights(model);
        Assert.That(model.Weights.Select(w => w.Value.grad), Is.All.Null);
    }

    [Test]
    public void Gradients_of_a_backward_pass_that_threw_are_cleared()
    {
        using Tensor weight = ones(2, requires_grad: true);
        using Tensor squares = weight.mul(weight);
        using Tensor sum = squares.sum();

        // The values behind the square are changed, which libtorch notices when it comes to them.
        using (no_grad())
        {
            weight.fill_(2);
        }

        weight.grad = ones_like(weight);
        Assert.That(() => Gradients.Of(sum, [weight]), Throws.Exception);
        Assert.That(weight.grad, Is.Null);
    }

    [Test]
    public void Training_where_gradients_are_switched_off_is_refused_in_words_and_all_else_works()
    {
        Model model = Model();
        var byHand = new LinearProblem();
        var modes = new (string Name, Func<IDisposable> Open)[]
        {
            ("torch.no_grad()", no_grad),
            ("torch.inference_mode()", () => inference_mode()),
        };
        foreach ((string name, Func<IDisposable> open) in modes)
        {
            using IDisposable mode = open();
            Assert.That(
                () => model.Fit(X, Y, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains($"Fit of '{model.Name}' was called inside {name}")
            );
            Assert.That(
                () => model.TrainOnBatch(X, Y),
                Throws.InvalidOperationException.With.Message.Contains("TrainOnBatch").And.Message.Contains(name)
            );
            Assert.That(model.Evaluate(X, Y).Loss, Is.EqualTo(byHand.Loss(Enumerable.Range(0, 10))).Within(1e-5));
            Assert.That(() => model.Predict(X).Dispose(), Throws.Nothing);
        }

        bool before = is_grad_enabled();
        set_grad_enabled(false);
        try
        {
            Assert.That(
                () => model.Fit(X, Y, verbose: 0),
                Throws.InvalidOperationException.With.Message.Contains("set_grad_enabled(false)")
            );
        }
        finally
        {
            set_grad_enabled(before);
        }

        byHand.AssertWeights(model);
        Assert.That(() => model.Fit(X, Y, verbose: 0, validation_data: (X, Y)), Throws.Nothing);
        Assert.That(() => model.Evaluate(X, Y), Throws.Nothing);
    }

    [Test]
    public void A_model_that_was_made_or_first_used_in_inference_mode_can_be_trained_outside_of_it()
    {
        Model model;
        Model unbuilt = new Sequential(new Dense(1));
        using (inference_mode())
        {
            model = new Sequential(new Input(2), new Dense(4, activation: "relu"), new BatchNormalization(), new Dense(1));
            unbuilt.Predict(X).Dispose();
            model.Compile(new Adam(0.01), "mse", ["mae"]);
            model.Evaluate(X, Y);
        }

        unbuilt.Compile("sgd", "mse");
        Assert.That(() => unbuilt.Fit(X, Y, verbose: 0), Throws.Nothing);
        Assert.That(() => model.Fit(X, Y, verbose: 0, validation_data: (X, Y)), Throws.Nothing);
    }
}
