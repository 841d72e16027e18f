// Command kubelet-rules says of labels and taints whether a kubelet takes them. It reads one JSON object a line,
// {"labels": {key: value}, "taints": [{key, value, effect}]}, and answers each with one: {"accepted": true}, or false and why.
//
// The kubelet's own code answers: its command line is parsed, and what comes out has to be what went in, since a comma or an
// equals sign in a value would make another label of it; then the kubelet's flags and configuration are validated.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/cmd/kubelet/app/options"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/util/taints"
)

type pool struct {
	Labels map[string]string `json:"labels"`
	Taints []v1.Taint        `json:"taints"`
}

type answer struct {
	Accepted bool   `json:"accepted"`
	Why      string `json:"why,omitempty"`
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet-rules:", err)
		os.Exit(1)
	}
}

func answerAll(cases io.Reader, answers io.Writer) error {
	decoder := json.NewDecoder(cases)
	decoder.DisallowUnknownFields()
	out := bufio.NewWriter(answers)
	encoder := json.NewEncoder(out)
	for {
		var given pool
		if err := decoder.Decode(&given); errors.Is(err, io.EOF) {
			return out.Flush()
		} else if err != nil {
			return err
		}
		reply := answer{Accepted: true}
		if err := takes(given); err != nil {
			reply = answer{Why: err.Error()}
		}
		if err := encoder.Encode(reply); err != nil {
			return err
		}
	}
}

// takes returns why a kubelet that is started with these labels and taints does not, or nil.
func takes(given pool) error {
	flags := options.NewKubeletFlags()
	config := &kubeletconfig.KubeletConfiguration{}
	commandLine := pflag.NewFlagSet("kubelet", pflag.ContinueOnError)
	commandLine.SetOutput(io.Discard)
	flags.AddFlags(commandLine)
	options.AddKubeletConfigFlags(commandLine, config)
	if err := commandLine.Parse(arguments(given)); err != nil {
		return err
	}
	if !maps.Equal(flags.NodeLabels, given.Labels) {
		return fmt.Errorf("the command line makes other labels of them: %v", flags.NodeLabels)
	}
	if !slices.EqualFunc(config.RegisterWithTaints, given.Taints, same) {
		return fmt.Errorf("the command line makes other taints of them: %v", config.RegisterWithTaints)
	}
	// The configuration's validation as a whole wants what only a machine has; of taints it asks this.
	for _, taint := range config.RegisterWithTaints {
		if err := taints.CheckTaintValidation(taint); err != nil {
			return err
		}
	}
	return options.ValidateKubeletFlags(flags)
}

func arguments(given pool) []string {
	var labels, registered []string
	for key, value := range given.Labels {
		labels = append(labels, key+"="+value)
	}
	for _, taint := range given.Taints {
		registered = append(registered, taint.Key+"="+taint.Value+":"+string(taint.Effect))
	}
	return []string{
		"--node-labels=" + strings.Join(labels, ","),
		"--register-with-taints=" + strings.Join(registered, ","),
	}
}

func same(a, b v1.Taint) bool {
	return a.Key == b.Key && a.Value == b.Value && a.Effect == b.Effect
}
