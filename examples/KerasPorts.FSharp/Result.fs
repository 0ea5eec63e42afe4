namespace KerasPorts.FSharp

open System.Collections.Generic
open Distillation.Keras
open type Distillation.Keras.KerasApi

/// What a port reached.
type Result =
    {
        /// The weights of its model.
        Parameters: int64
        /// How many samples it was trained on.
        Training: int
        /// How many it was tested on.
        Test: int
        /// The share of test samples that it classified rightly.
        Accuracy: float
        /// The share of the most frequent class among them: what always guessing that class reaches.
        Chance: float
        /// The share that who knows how the data were made classifies rightly.
        Best: float
    }

module Result =
    /// From what `evaluate` gave, with an accuracy beside the loss.
    let ofScore (model: Model) training (score: Logs) (labels: IReadOnlyCollection<int>) best =
        printfn $"""Test loss: %.4f{score["loss"]}"""
        printfn $"""Test accuracy: %.4f{score["accuracy"]}"""
        let most = labels |> Seq.countBy id |> Seq.map snd |> Seq.max
        {
            Parameters = model.count_params ()
            Training = training
            Test = labels.Count
            Accuracy = score["accuracy"]
            Chance = float most / float labels.Count
            Best = best
        }
